"""Exceptions and log records whose code raises or hangs are reported, with what can be read."""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from services.debugcog import host_text
from services.debugcog.errors import tables
from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.hooks import RecordHandler
from services.debugcog.errors.records import ErrorEvent
from tests.error_rig import Rig
from tests.hostile import RAISED, Mute, Stuck, StuckError, odd, raising
from tests.services.test_exceptions import hostile


@pytest.fixture
def log(reports: Rig) -> logging.Logger:
    """Make a logger whose records come to the reports, and to no handler of the tests."""
    logger = logging.Logger("host")  # noqa: LOG001 - pytest formats what registered ones log
    logger.addHandler(RecordHandler(reports.reporter, reports.breadcrumbs))
    return logger


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as one:  # noqa: BLE001 - any kind is wanted
        return one


def raised_by(function: Callable[[], object]) -> BaseException:
    try:
        function()
    except ValueError as error:
        return error
    raise AssertionError("nothing was raised")


def events(reports: Rig) -> dict[str, ErrorEvent]:
    found = {group.type: group.event for group in reports.groups()}
    return {kind.rpartition(".")[2]: event for kind, event in found.items() if event}


class Lazy(Exception):  # noqa: N818 - a name
    def __getattr__(self, name: str) -> object:
        raise KeyError(name)


class Property(Exception):  # noqa: N818 - a name
    @property
    def original(self) -> object:
        raise RuntimeError("not loaded")

    @property
    def status(self) -> int:
        raise KeyboardInterrupt


class Guarded(Exception):  # noqa: N818 - a name
    def __getattribute__(self, name: str) -> object:
        raise SystemExit(name)


class HTTPException(Exception):  # noqa: N818 - as discord.py's
    @property
    def status(self) -> int:
        raise asyncio.CancelledError


def test_an_exception_whose_attributes_raise_is_reported_with_its_text_and_place(
    reports: Rig,
) -> None:
    odd_ones = (Lazy("a"), Property("b"), Guarded("c"), hostile()("d"), HTTPException("f"))
    for error in (*odd_ones, Mute("e")):
        assert reports.reporter.report(caught(error))
    found = events(reports)
    assert {kind: event.message for kind, event in found.items()} == {
        "Lazy": "a",
        "Property": "b",
        "Guarded": "c",
        "Hostile": "d",
        "HTTPException": "f",
        "Mute": "e <str() raised ValueError>",
    }
    assert all(event.where.endswith(" in caught") for event in found.values())
    assert all("    raise error" in event.traceback for event in found.values())
    assert reports.reporter.failures == 0


def test_an_error_that_wraps_a_hostile_one_stands_for_it_and_counts_once(reports: Rig) -> None:
    inner, outer = Lazy("inner"), Property("outer")
    outer.__cause__ = inner
    found = reports.reporter.report(caught(outer))
    assert found == reports.reporter.report(outer) == reports.reporter.id_of(outer)
    (event,) = events(reports).values()
    assert event.traceback.index("Lazy: inner") < event.traceback.index("Property: outer")


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_a_record_of_objects_that_raise_is_reported_and_the_hosts_call_returns(
    reports: Rig, log: logging.Logger, error: BaseException
) -> None:
    kind = type(error).__name__
    log.warning("Before %s", odd(error))
    log.error("Lost %s of %d", odd(error), 3)
    log.error(odd(error))
    log.error("Lost %s", "x", extra={"status": odd(error)})
    messages = [event.message for group in reports.groups() if (event := group.event)]
    assert sorted(messages) == [
        f"<str() raised {kind}>",
        f"Lost <str() raised {kind}> of 3",
        "Lost x",
    ]


def test_one_error_that_cannot_be_written_down_costs_no_other_of_its_batch(
    reports: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    details = reports.store._details

    def written(sample: Any, real: Callable[[Any], ErrorEvent] = details.event) -> ErrorEvent:
        if sample.raised.links[-1].type.endswith("Lazy"):
            raise KeyboardInterrupt
        return real(sample)

    monkeypatch.setattr(details, "event", written)
    for error in (ValueError("first"), Lazy(), TypeError("last")):
        reports.reporter.report(caught(error))
    assert {group.type.rpartition(".")[2]: group.count for group in reports.groups()} == {
        "ValueError": 1,
        "Lazy": 1,
        "TypeError": 1,
    }
    assert {kind: event.message for kind, event in events(reports).items()} == {
        "ValueError": "first",
        "TypeError": "last",
    }


def test_one_error_that_cannot_be_stored_costs_no_other_of_its_batch(
    reports: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def save(connection: Any, group: Any, real: Any = tables.save_group) -> None:
        if group.type == "ValueError":
            connection.execute("SELECT ?", ("\ud800",))
        real(connection, group)

    monkeypatch.setattr(tables, "save_group", save)
    for error in (ValueError("first"), TypeError("last")):
        reports.reporter.report(caught(error))
    assert [group.type for group in reports.groups()] == ["TypeError"]
    assert [post["subject"].partition(":")[0] for post in reports.posts()] == ["group"]
    told = [record.getMessage() for record in caplog.records]
    assert told == ["Error not stored: ValueError, UnicodeEncodeError"]


def test_text_that_cannot_be_stored_is_made_storable_wherever_it_stands(reports: Rig) -> None:
    odd_name = logging.Logger("host.\ud800")  # noqa: LOG001 - as above
    odd_name.addHandler(RecordHandler(reports.reporter, Breadcrumbs()))
    source = compile("def fail(): raise ValueError('half \\ud83d')", "/srv/b\udcff.py", "exec")
    scope: dict[str, Any] = {}
    exec(source, scope)
    reports.reporter.report(raised_by(scope["fail"]))
    odd_name.error("user %s", "\udfff")
    for group in reports.groups():
        assert group.event is not None
        f"{group}".encode()
    assert {event.message for event in events(reports).values()} == {"half \ufffd", "user \ufffd"}


def test_what_hangs_runs_on_no_thread_of_the_host_and_is_reported_without_its_text(
    reports: Rig, log: logging.Logger
) -> None:
    stuck = Stuck()
    try:
        raise StuckError(stuck)
    except StuckError as error:
        log.info("Trying %s", stuck)
        log.exception("Lost")
        log.error("Still lost")
        log.error("Lost %s", stuck)
        reports.reporter.report(error)
    log.error(stuck)
    found = reports.groups()
    assert threading.current_thread().name not in stuck.threads
    texts = {group.event.message for group in found if group.event}
    assert "E-MAIL, 7 <str() does not return>" in texts
    assert "<str() does not return>" in texts
    stuck.free.set()


class Late:
    """An attribute that waits, also where its class is asked for it."""

    def __init__(self, stuck: Stuck) -> None:
        self._stuck = stuck

    def __get__(self, error: object, kind: object) -> object:
        return str(self._stuck)


@pytest.mark.parametrize("name", ["status", "response", "code", "filename", "name", "errno"])
@pytest.mark.parametrize("base", [Exception, OSError, ImportError, SyntaxError])
def test_an_attribute_that_hangs_is_read_on_no_thread_of_the_host(
    reports: Rig, monkeypatch: pytest.MonkeyPatch, base: type[Exception], name: str
) -> None:
    monkeypatch.setattr(host_text, "HANG_SECONDS", 0.05)
    stuck = Stuck()
    for kind in ("HTTPException", "Other"):
        assert reports.reporter.report(caught(type(kind, (base,), {name: Late(stuck)})("late")))
    assert threading.current_thread().name not in stuck.threads
    stuck.free.set()
    assert sorted(events(reports)) == ["HTTPException", "Other"]


class OddTask(dict[str, Any]):
    """What a library of the host's tells the loop's handler."""

    get = raising(KeyboardInterrupt())


async def test_whatever_a_hook_is_given_what_stands_behind_it_is_called(
    reports: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, called = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _, context: called.append(type(context)))
    monkeypatch.setattr(sys, "excepthook", lambda *_: called.append(sys))
    reports.hooks.install(loop)
    try:
        loop.call_exception_handler({"message": "odd", "exception": odd(SystemExit())})
        loop.call_exception_handler({"message": "odd", "exception": Guarded("loop")})
        sys.excepthook(Guarded, Guarded("main"), None)
    finally:
        reports.hooks.uninstall()
    assert called == [dict, dict, sys]
    assert [group.count for group in reports.groups()] == [2]


@pytest.mark.parametrize("truth", [lambda _: False, raising(SystemExit("ambiguous"))])
async def test_an_exception_without_a_truth_is_reported_and_takes_its_log_lines(
    reports: Rig, log: logging.Logger, monkeypatch: pytest.MonkeyPatch, truth: Callable[..., object]
) -> None:
    called: list[object] = []
    kind = type("Problems", (Exception,), {"__bool__": truth})
    monkeypatch.setattr(sys, "excepthook", lambda *args: called.append(args[1]))
    reports.hooks.install(asyncio.get_running_loop())
    try:
        error = caught(kind("the bot ends"))
        sys.excepthook(kind, error, error.__traceback__)
    finally:
        reports.hooks.uninstall()
    log.error("Could not go on: %s", error)
    (group,) = reports.groups()
    assert group.event is not None
    assert called == [error]
    assert (group.count, group.event.context.source) == (1, "main")
    assert [line[9:] for line in group.event.breadcrumbs] == [
        "[ERROR] host: Could not go on: the bot ends"
    ]


def test_an_exception_that_was_reported_can_be_pickled_in_every_protocol(reports: Rig) -> None:
    error = ValueError("timeout")
    assert reports.reporter.report(error)
    copies = [pickle.loads(pickle.dumps(error, protocol)) for protocol in range(6)]
    assert {reports.reporter.id_of(copy) for copy in copies} == {reports.reporter.id_of(error)}
