from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator

import pytest

from services.timeseries.metric import Intake
from services.timeseries.timer import IdleTimer, Timer


@pytest.fixture
def intake() -> Intake:
    return Intake()


def test_a_block_is_timed_in_milliseconds(intake: Intake) -> None:
    with Timer(intake):
        sum(range(100_000))
    assert len(intake.pending) == 1
    assert 0.05 < intake.pending[0] < 5000
    assert not intake.failures


def test_a_block_that_raises_is_timed_counted_as_failed_and_still_raises(intake: Intake) -> None:
    with pytest.raises(ZeroDivisionError), Timer(intake):
        _ = 1 / 0
    assert (len(intake.pending), len(intake.failures)) == (1, 1)


async def test_a_block_that_is_cancelled_has_not_failed(intake: Intake) -> None:
    @Timer(intake)
    async def forever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(forever(), 0.001)
    assert (len(intake.pending), len(intake.failures)) == (1, 0)


def test_a_decorated_function_keeps_its_face_and_its_result(intake: Intake) -> None:
    @Timer(intake)
    def double(value: int, *, times: int = 2) -> int:
        """Double it."""
        return value * times

    assert (double(4), double(4, times=3)) == (8, 12)
    assert (double.__name__, double.__doc__) == ("double", "Double it.")
    assert str(inspect.signature(double)) == "(value: 'int', *, times: 'int' = 2) -> 'int'"
    assert len(intake.pending) == 2


def test_a_decorated_function_may_call_itself(intake: Intake) -> None:
    @Timer(intake)
    def countdown(left: int) -> int:
        return countdown(left - 1) if left else 0

    assert countdown(3) == 0
    assert len(intake.pending) == 4
    assert list(intake.pending) == sorted(intake.pending)  # the innermost ends first


def test_a_decorated_function_that_raises_has_failed(intake: Intake) -> None:
    @Timer(intake)
    def broken() -> None:
        raise LookupError("broken")

    with pytest.raises(LookupError):
        broken()
    assert len(intake.failures) == 1


async def test_a_coroutine_is_timed_from_call_to_result_each_by_itself(intake: Intake) -> None:
    gate = asyncio.Event()

    @Timer(intake)
    async def wait(value: int) -> int:
        await gate.wait()
        if value == 3:
            raise LookupError
        return value

    assert inspect.iscoroutinefunction(wait)
    tasks = [asyncio.create_task(wait(value)) for value in range(4)]
    await asyncio.sleep(0)
    assert not intake.pending
    gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[:3] == [0, 1, 2]
    assert (len(intake.pending), len(intake.failures)) == (4, 1)


def test_a_generator_is_refused_where_it_is_decorated(intake: Intake) -> None:
    def numbers() -> Iterator[int]:
        yield 1

    async def tokens() -> AsyncIterator[int]:
        yield 1

    for function in (numbers, tokens):
        with pytest.raises(TypeError, match="is a generator: use the timer inside it"):
            Timer(intake)(function)


def test_an_idle_timer_does_nothing_and_leaves_functions_as_they_are() -> None:
    def function() -> None: ...

    with pytest.raises(ZeroDivisionError), IdleTimer():
        _ = 1 / 0
    assert IdleTimer()(function) is function
