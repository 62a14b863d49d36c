"""A failure that is logged on its way up and goes up in another exception counts once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.error_rig import Rig, rig

log = logging.getLogger("host")


@pytest.fixture
async def reports(tmp_path: Path, clock: Clock) -> AsyncIterator[Rig]:
    with rig(tmp_path / "state.sqlite3", clock, mistakes=(PermissionError,)) as parts:
        parts.hooks.install(asyncio.get_running_loop())
        yield parts
        parts.hooks.uninstall()


def found(reports: Rig) -> list[tuple[str, int]]:
    return sorted((group.message, group.count) for group in reports.groups())


def failed(text: str = "no voice") -> ConnectionError:
    """Fail and log it, as a function does that raises it again."""
    try:
        raise ConnectionError(text)
    except ConnectionError as error:
        log.exception("Could not play")
        return error


async def worker(text: str = "no voice") -> None:
    try:
        raise ConnectionError(text)
    except ConnectionError:
        log.exception("Worker failed")
        raise


async def test_an_exception_that_is_raised_from_a_logged_one_is_the_same_failure(
    reports: Rig, clock: Clock
) -> None:
    try:
        try:
            raise ConnectionError("no voice")
        except ConnectionError as error:
            log.exception("Could not play")
            clock.now += 30  # it waits, and gives up
            raise RuntimeError("cannot play") from error
    except RuntimeError as error:
        first = reports.reporter.report(error)
        second = reports.reporter.report(error)

    assert found(reports) == [("no voice", 1)]
    assert first == second is not None


async def test_an_exception_that_is_raised_from_the_last_attempt_is_none_of_its_own(
    reports: Rig, clock: Clock
) -> None:
    attempts = []
    for _ in range(3):
        attempts.append(failed())
        clock.now += 1
    error = RuntimeError("gave up")
    error.__cause__ = attempts[-1]
    reports.reporter.report(error)

    assert found(reports) == [("no voice", 3)]


async def test_an_exception_that_is_raised_from_an_old_one_counts(
    reports: Rig, clock: Clock
) -> None:
    error = RuntimeError("cannot play")
    error.__cause__ = failed()
    clock.now += 10
    reports.reporter.report(error)

    assert found(reports) == [("cannot play", 1), ("no voice", 1)]


async def test_an_exception_that_is_raised_from_a_kept_one_counts_each_time(
    reports: Rig, clock: Clock
) -> None:
    kept = failed()

    def use() -> None:
        raise kept

    for _ in range(3):
        clock.now += 6
        try:
            try:
                use()
            except ConnectionError as error:
                raise RuntimeError("cannot play") from error
        except RuntimeError as error:
            reports.reporter.report(error)

    assert found(reports) == [("cannot play", 3), ("no voice", 1)]


async def test_an_exception_that_is_raised_while_a_logged_one_is_handled_counts(
    reports: Rig,
) -> None:
    try:
        try:
            raise ConnectionError("no voice")
        except ConnectionError:
            log.exception("Could not play")
            raise KeyError("settings")  # noqa: B904 - what this is about
    except KeyError as error:
        reports.reporter.report(error)

    assert found(reports) == [("'settings'", 1), ("no voice", 1)]


async def test_a_mistake_that_is_raised_from_a_logged_error_is_a_mistake(reports: Rig) -> None:
    error = PermissionError("you may not")
    error.__cause__ = failed()

    assert reports.reporter.report(error) is None
    assert reports.counts == {"errors_captured": 1, "user_mistakes": 1}


async def test_a_task_group_of_a_worker_that_has_logged_its_failure_is_the_same_failure(
    reports: Rig, clock: Clock
) -> None:
    async def translating() -> None:
        try:
            await worker("no answer")
        except ConnectionError as error:
            raise RuntimeError("cannot answer") from error

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(worker())
            group.create_task(translating())

    with pytest.raises(ExceptionGroup) as caught:
        await both()
    clock.now += 10  # until all that was cancelled has ended
    reports.reporter.report(caught.value)
    error = RuntimeError("the show is over")
    error.__cause__ = caught.value
    reports.reporter.report(error)

    assert found(reports) == [("no answer", 2)]


async def test_a_group_with_a_member_that_nobody_has_seen_counts(reports: Rig) -> None:
    reports.reporter.report(ExceptionGroup("two", [failed(), KeyError("settings")]))

    assert [count for _, count in found(reports)] == [1, 1]


async def test_a_group_of_mistakes_alone_counts(reports: Rig) -> None:
    reports.reporter.report(ExceptionGroup("two", [PermissionError("a"), PermissionError("b")]))

    assert [count for _, count in found(reports)] == [1]


async def test_a_group_that_is_logged_and_raised_again_in_parts_counts_once(
    reports: Rig, clock: Clock
) -> None:
    async def fail() -> None:
        raise ConnectionError("no voice")

    async def play() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
        except* ConnectionError:
            log.exception("Could not play")
            raise

    with pytest.raises(ExceptionGroup) as caught:
        await play()
    reports.reporter.report(caught.value)
    clock.now += 10
    for member in caught.value.exceptions:
        log.error("That was", exc_info=member)

    assert [count for _, count in found(reports)] == [1]
