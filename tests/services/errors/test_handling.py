"""What is logged while an exception is handled belongs to its report, and to no other."""

# ruff: noqa: G004 - hosts log f-strings

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.debugcog.errors.handling import Handling, handled, set_handled
from services.debugcog.errors.tables import LINES_AN_EVENT
from tests.clock import Clock
from tests.error_rig import Rig, rig

log = logging.getLogger("host")


@pytest.fixture
async def reports(tmp_path: Path, clock: Clock) -> AsyncIterator[Rig]:
    gc.collect()  # what another test has left behind is not of this one
    with rig(tmp_path / "state.sqlite3", clock, mistakes=(PermissionError,)) as parts:
        parts.hooks.install(asyncio.get_running_loop())
        yield parts
        parts.hooks.uninstall()


def found(reports: Rig) -> list[tuple[str, int]]:
    return sorted((group.message, group.count) for group in reports.groups())


def crumbs(reports: Rig) -> list[str]:
    (group,) = reports.groups()
    assert group.event is not None
    return [line[9:] for line in group.event.breadcrumbs]


def reported(reports: Rig, error: Exception | None = None) -> Exception:
    try:
        raise error or ValueError("no voice")
    except Exception as caught:  # noqa: BLE001 - any kind is wanted
        reports.reporter.report(caught)
        return caught


async def test_a_record_while_an_error_is_handled_is_one_of_its_lines(reports: Rig) -> None:
    error = reported(reports)
    with Handling(error):
        log.error(f"Failed: {error}")
    log.error("Outside")

    assert found(reports) == [("Outside", 1), ("no voice", 1)]
    assert reports.counts == {"errors_captured": 2}


async def test_lines_come_also_after_the_error_was_stored_and_so_many_at_most(reports: Rig) -> None:
    error = reported(reports)
    assert found(reports) == [("no voice", 1)]
    with Handling(error):
        for number in range(100):
            log.error("%d", number)
            if number % 20 == 0:
                reports.groups()

    lines = crumbs(reports)
    assert len(lines) == LINES_AN_EVENT
    assert lines[:3] == ["[ERROR] host: 0", "[ERROR] host: 1", "[ERROR] host: 2"]
    assert reports.counts == {"errors_captured": 1}


async def test_an_error_that_is_not_captured_in_full_takes_records_without_keeping_them(
    reports: Rig,
) -> None:
    for _ in range(15):
        with Handling(reported(reports)):
            log.error("Failed")

    assert found(reports) == [("no voice", 15)]
    assert reports.counts == {"errors_captured": 15}


async def test_its_lines_hold_neither_a_secret_nor_what_users_wrote(reports: Rig) -> None:
    reports.reporter.hide("a secret wish")
    with Handling(reported(reports)):
        log.error("password=hunter2x of a secret wish")

    assert crumbs(reports) == ["[ERROR] host: password=[redacted] of [user's text]"]


async def test_an_except_block_handles_its_error_as_long_as_that_is_fresh(
    reports: Rig, clock: Clock
) -> None:
    try:
        raise ValueError("no voice")
    except ValueError as error:
        log.exception("Failed")
        log.error(f"Failed: {error}")
        clock.now += 5
        log.error("Later")

    assert found(reports) == [("Later", 1), ("no voice", 1)]


async def test_a_text_that_is_made_of_an_error_tells_of_it_wherever_it_is_logged(
    reports: Rig, clock: Clock
) -> None:
    error, wrapper = reported(reports), RuntimeError("wrapped")
    wrapper.__cause__ = error
    wrapper.original = error  # type: ignore[attr-defined]  # as discord.py's have it
    log.error("Command error: %s", error)
    log.error("Command error: %(error)s", {"error": wrapper})
    log.error(error)
    log.error("Command error: %s", ValueError("no voice"))
    clock.now += 60
    log.error("Still failing: %s", error)

    assert found(reports) == [
        ("Command error: no voice", 1),
        ("Still failing: no voice", 1),
        ("no voice", 1),
    ]


async def test_what_a_handler_says_of_a_failure_of_its_own_is_another_error(reports: Rig) -> None:
    with Handling(reported(reports)):
        try:
            raise PermissionError("no answer")
        except PermissionError as failure:
            log.error("Cannot answer: %s", failure)
            log.error(f"Cannot answer, {failure}")
        log.error("Done: %s", KeyError("another"))

    assert found(reports) == [
        ("Cannot answer, no answer", 1),
        ("Cannot answer: no answer", 1),
        ("Done: 'another'", 1),
        ("no voice", 1),
    ]


async def test_a_record_before_an_exception_is_reported_is_an_error_of_its_own(
    reports: Rig,
) -> None:
    try:
        raise ValueError("no voice")
    except ValueError:
        log.error("Lost the connection")

    assert found(reports) == [("Lost the connection", 1)]


async def test_an_exception_that_is_handled_for_a_minute_takes_no_more_records(
    reports: Rig, clock: Clock
) -> None:
    with Handling(reported(reports)):
        clock.now += 59
        log.error("Still")
        clock.now += 1
        log.error("Too late")

    assert found(reports) == [("Too late", 1), ("no voice", 1)]


async def test_wrappers_and_causes_of_the_error_belong_to_it_and_others_do_not(
    reports: Rig,
) -> None:
    cause = KeyError("voice")
    error = ValueError("no voice")
    error.__cause__ = cause
    with Handling(reported(reports, error)):
        log.error("Its cause", exc_info=cause)
        try:
            raise RuntimeError("translated") from error
        except RuntimeError:
            log.exception("Translated")
        try:
            try:
                raise error
            except ValueError:
                raise LookupError("a fault of the handler")  # noqa: B904 - what this is about
        except LookupError:
            log.exception("The handler failed")

    assert found(reports) == [("a fault of the handler", 1), ("no voice", 1)]


async def test_records_of_libraries_that_only_announce_the_error_are_no_lines_of_it(
    reports: Rig,
) -> None:
    with Handling(reported(reports)) as handling:
        logging.getLogger("discord.client").error("Ignoring exception", exc_info=handling.error)
        logging.getLogger("asyncio").error("Never retrieved", exc_info=handling.error)
        logging.getLogger("discord").error("A host that logs as discord")
        logging.getLogger("discordbot").error("Failed", exc_info=handling.error)

    assert crumbs(reports) == [
        "[ERROR] discord: A host that logs as discord",
        "[ERROR] discordbot: Failed",
    ]
    assert reports.counts == {"errors_captured": 1}


async def test_what_repeats_a_mistake_is_none_of_the_hosts_errors_and_the_rest_is(
    reports: Rig,
) -> None:
    class WordlessError(PermissionError):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    with Handling(reported(reports, PermissionError("not you"))):
        log.error("Refused: not you")
        log.error("Refused: PermissionError")
        log.error("The database is gone")
    with Handling(reported(reports, PermissionError())):
        log.error("Anything")
    with Handling(reported(reports, WordlessError())):
        log.error("Something")

    assert found(reports) == [("Anything", 1), ("Something", 1), ("The database is gone", 1)]


async def test_what_is_told_of_our_own_errors_is_none_of_the_hosts(reports: Rig) -> None:
    error = RuntimeError("ours")
    reports.reporter.ignore(error)
    with Handling(error):
        log.error(f"Failed: {error}")
        log.error("Failed", exc_info=error)

    assert found(reports) == []
    assert reports.counts == {}


async def test_handling_ends_for_the_tasks_that_it_has_started_too(reports: Rig) -> None:
    error, go_on = reported(reports), asyncio.Event()
    seen: list[BaseException | None] = []

    async def work() -> None:
        seen.append(handled())
        await go_on.wait()
        seen.append(handled())

    with Handling() as handling:
        set_handled(error)
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        with Handling():
            assert handled() is None
        assert (handled(), handling.error) == (error, error)
    go_on.set()
    await task

    assert seen == [error, None]
    set_handled(error)
    assert handled() is None


async def test_the_hosts_own_hooks_of_python_are_handlers_too(
    reports: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hook(*_: object) -> None:
        log.error("In a hook")

    reports.hooks.uninstall()
    for place, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(place, name, hook)
    loop = asyncio.get_running_loop()
    reports.hooks.install(loop)
    loop.set_exception_handler(hook)  # after ours: it is called, and no error is missed

    def fail() -> None:
        raise ValueError("thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError("main"), None)
    loop.call_soon(int, "loop")
    await asyncio.sleep(0)

    class Careless:
        def __del__(self) -> None:
            raise ValueError("unraisable")

    Careless()
    gc.collect()

    assert found(reports) == [
        ("invalid literal for int() with base 10: 'loop'", 1),
        ("main", 1),
        ("thread", 1),
        ("unraisable", 1),
    ]
    assert reports.counts == {"errors_captured": 4}
    assert loop.get_exception_handler() is hook
