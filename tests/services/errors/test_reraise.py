"""One exception object, raised once or again and again, is counted for what it is."""

from __future__ import annotations

import asyncio
import copy
import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakSet

import pytest

from tests.clock import Clock
from tests.error_rig import Rig

CLOSED = ConnectionError("the stream is closed")


def read() -> None:
    raise CLOSED


def test_an_object_that_code_keeps_and_raises_each_time_counts_each_time(
    reports: Rig, clock: Clock
) -> None:
    for _ in range(3):
        try:
            read()
        except ConnectionError as error:
            reports.reporter.report(error)
        clock.now += 10

    (group,) = reports.groups()
    assert (group.count, group.where.rpartition(" ")[2]) == (3, "read")


def test_an_error_that_goes_up_slowly_counts_once(reports: Rig, clock: Clock) -> None:
    def lower() -> None:
        try:
            raise KeyError("voice")
        except KeyError as error:
            reports.reporter.report(error)
            clock.now += 60
            raise

    def upper() -> None:
        try:
            lower()
        except KeyError as error:
            reports.reporter.report(error)
            clock.now += 60
            raise error

    reports.reporter.report(raised(upper))

    assert [group.count for group in reports.groups()] == [1]


def test_a_handler_that_raises_what_it_was_given_does_not_count_it_twice(reports: Rig) -> None:
    def fail() -> None:
        raise KeyError("voice")

    def handle(error: Exception) -> None:
        reports.reporter.report(error)
        raise error

    def command() -> None:
        try:
            fail()
        except KeyError as error:
            handle(error)

    reports.reporter.report(raised(command))

    assert [group.count for group in reports.groups()] == [1]


async def test_what_a_task_or_a_thread_hands_on_counts_once(reports: Rig, clock: Clock) -> None:
    def fail() -> None:
        try:
            raise KeyError("voice")
        except KeyError as error:
            reports.reporter.report(error)
            clock.now += 60
            raise

    async def in_a_thread() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(fail).result()

    with pytest.raises(KeyError) as caught_here:
        await asyncio.create_task(in_a_thread())
    reports.reporter.report(caught_here.value)

    assert [group.count for group in reports.groups()] == [1]


@pytest.mark.parametrize("pause", [1.0, 10.0])
@pytest.mark.parametrize("is_bare", [False, True])
def test_a_kept_object_counts_at_each_raise_however_fast_they_come(
    reports: Rig, clock: Clock, pause: float, is_bare: bool
) -> None:
    closed = ConnectionError("the stream is closed")

    def write() -> None:
        raise closed.with_traceback(None if is_bare else closed.__traceback__)

    for _ in range(60):
        reports.reporter.report(raised(write))
        clock.now += pause

    assert [group.count for group in reports.groups()] == [60]


def test_a_kept_object_counts_where_one_loop_raises_and_logs_it(reports: Rig, clock: Clock) -> None:
    closed = ConnectionError("the stream is closed")
    for _ in range(3):
        try:
            raise closed
        except ConnectionError as error:
            reports.reporter.report(error)
        clock.now += 1

    assert [group.count for group in reports.groups()] == [3]


async def test_a_failed_task_counts_for_each_that_awaits_it_in_one_group(
    reports: Rig, clock: Clock
) -> None:
    async def connect() -> None:
        await asyncio.sleep(0)
        raise ConnectionRefusedError(111, "Connect call failed")

    async def command() -> None:
        await database

    database = asyncio.create_task(connect())
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError) as caught_here:
            await asyncio.create_task(command())
        reports.reporter.report(caught_here.value)
        reports.reporter.report(caught_here.value)
        clock.now += 60

    (group,) = reports.groups()
    assert (group.count, group.where.rpartition(".")[2]) == (3, "connect")


def test_a_result_of_a_thread_counts_each_time_that_it_is_asked_for_in_one_group(
    reports: Rig, clock: Clock
) -> None:
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(read)
    for _ in range(3):
        reports.reporter.report(raised(work.result))
        clock.now += 60

    (group,) = reports.groups()
    assert (group.count, group.where.rpartition(" ")[2]) == (3, "read")


def test_a_traceback_whose_steps_were_taken_off_is_no_other_raise(
    reports: Rig, clock: Clock
) -> None:
    def outer() -> None:
        raise KeyError("voice")

    error = raised(outer)
    reports.reporter.report(error)
    clock.now += 60
    assert error.__traceback__ is not None
    reports.reporter.report(error.with_traceback(error.__traceback__.tb_next))
    clock.now += 60
    reports.reporter.report(error.with_traceback(None))

    assert [group.count for group in reports.groups()] == [1]


def test_what_is_remembered_of_an_exception_keeps_no_frame_longer_than_the_exception(
    reports: Rig,
) -> None:
    class Picture:
        """What a function of the host's holds."""

    alive: WeakSet[Picture] = WeakSet()

    def draw() -> None:
        picture = Picture()
        alive.add(picture)
        raise KeyError("voice")

    gc.disable()
    try:
        reports.reporter.report(raised(draw))
        assert reports.store.flush()
        assert list(alive) == []
    finally:
        gc.enable()


def test_an_exception_that_was_seen_can_be_copied(reports: Rig) -> None:
    error = raised(read)
    found = reports.reporter.report(error)
    assert reports.reporter.id_of(copy.deepcopy(error)) == found


@pytest.mark.parametrize(("module", "count"), [("asyncio_tools", 3), ("asyncio.tools", 1)])
def test_only_what_pythons_own_modules_hand_on_counts_once(
    reports: Rig, clock: Clock, module: str, count: int
) -> None:
    names: dict[str, Any] = {"__name__": module, "error": KeyError("voice")}
    exec("def again():\n    raise error", names)
    for _ in range(3):
        reports.reporter.report(raised(lambda: names["again"]()))
        clock.now += 60

    assert [group.count for group in reports.groups()] == [count]


def raised(call: Callable[[], None]) -> Exception:
    try:
        call()
    except Exception as error:  # noqa: BLE001 - any kind is wanted
        return error
    raise AssertionError("nothing was raised")
