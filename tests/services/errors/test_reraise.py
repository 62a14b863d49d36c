"""One exception object, raised once or again and again, is counted for what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

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
