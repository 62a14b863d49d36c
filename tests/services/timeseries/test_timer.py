from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Iterator

import pytest

from services.debugcog.timeseries.intake import Intake
from services.debugcog.timeseries.timer import IdleTimer, Timer


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


async def test_a_generator_is_timed_from_its_first_item_to_its_end(intake: Intake) -> None:
    @Timer(intake)
    def numbers() -> Iterator[int]:
        yield 1
        yield 2

    @Timer(intake)
    async def tokens() -> AsyncIterator[str]:
        yield "a"
        raise LookupError

    assert list(numbers()) == [1, 2]
    assert (len(intake.pending), len(intake.failures)) == (1, 0)
    stream = tokens()
    assert await anext(stream) == "a"
    with pytest.raises(LookupError):
        await anext(stream)
    assert (len(intake.pending), len(intake.failures)) == (2, 1)


async def test_a_generator_that_nobody_reads_to_its_end_did_not_fail(intake: Intake) -> None:
    closed = []

    @Timer(intake)
    async def tokens() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            closed.append(True)

    stream = tokens()
    assert await anext(stream) == 1
    await stream.aclose()
    assert (closed, len(intake.pending), len(intake.failures)) == ([True], 1, 0)


async def test_what_a_reader_throws_into_an_async_generator_reaches_it(intake: Intake) -> None:
    seen: list[str] = []

    @contextlib.asynccontextmanager
    @Timer(intake)
    async def transaction() -> AsyncIterator[str]:
        try:
            yield "connection"
        except ValueError:
            seen.append("rolled back")
            raise
        except LookupError:
            seen.append("ignored")
        else:
            seen.append("committed")

    async def use(error: Exception | None) -> None:
        async with transaction() as connection:
            assert connection == "connection"
            if error is not None:
                raise error

    await use(None)
    await use(LookupError())
    with pytest.raises(ValueError, match="refused") as caught:
        await use(ValueError("refused"))
    assert seen == ["committed", "ignored", "rolled back"]
    assert caught.value.__context__ is None
    assert (len(intake.pending), len(intake.failures)) == (3, 1)


async def test_what_a_reader_sends_into_an_async_generator_reaches_it(intake: Intake) -> None:
    @Timer(intake)
    async def echo() -> AsyncGenerator[int, int]:
        got = yield 0
        while True:
            got = yield got

    stream = echo()
    assert [await stream.asend(value) for value in (None, 1, 2)] == [0, 1, 2]  # type: ignore[arg-type]
    await stream.aclose()


async def test_an_object_that_is_awaited_when_called_is_timed_to_its_end(intake: Intake) -> None:
    class Model:
        async def __call__(self) -> int:
            await asyncio.sleep(0.02)
            return 42

    assert await Timer(intake)(Model())() == 42
    assert intake.pending[0] >= 19


def test_an_idle_timer_does_nothing_and_leaves_functions_as_they_are() -> None:
    def function() -> None: ...

    with pytest.raises(ZeroDivisionError), IdleTimer():
        _ = 1 / 0
    assert IdleTimer()(function) is function
