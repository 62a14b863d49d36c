"""What was handled when an exception was raised tells faults apart, unless a handler has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.debugcog.errors.fingerprint import Fingerprinter
from services.debugcog.errors.identity import Identity
from tests.clock import Clock
from tests.error_rig import Rig, rig

FINGERPRINTS = Fingerprinter(Path("/srv/bot"), libraries=(str(Path(__file__).parent),))
LIBRARY = """
class Wrapped(Exception):
    pass

def dispatch(command, handler):
    try:
        command()
    except Exception as error:
        handler(error)

class Database:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            raise Wrapped
"""
HOST = """
def look_up(kind):
    try:
        raise kind
    except kind:
        raise LookupError

def load(kind):
    try:
        raise kind
    except kind:
        failed()

def failed():
    raise LookupError

def query(kind):
    with library.Database():
        raise kind

def command(kind):
    raise kind

def send(error=None):
    raise ConnectionError

def answer(error):
    send()

def answer_by_name(error):
    try:
        {}[type(error)]
    except KeyError:
        send()

def dispatched(kind, handler=answer):
    library.dispatch(lambda: command(kind), handler)

def by_its_own(kind):
    try:
        command(kind)
    except Exception as error:
        on_command_error(error)

def on_command_error(error):
    send()

def grouped(kind):
    found = []
    try:
        dispatched(kind)
    except ConnectionError as error:
        found.append(error)
    raise ExceptionGroup("several", found)

def logged(kind):
    try:
        command(kind)
    except Exception as error:
        report(error)
        send()
"""


def host(**names: object) -> Any:
    library: dict[str, Any] = {"__name__": "library_x"}
    exec(compile(LIBRARY, "/usr/lib/site-packages/library_x.py", "exec"), library)
    module = {"__name__": "host_shop", "library": SimpleNamespace(**library), **names}
    exec(compile(HOST, "/srv/bot/shop.py", "exec"), module)
    return SimpleNamespace(**module)


def failure(call: Callable[..., object], *arguments: object) -> BaseException:
    try:
        call(*arguments)
    except Exception as error:  # noqa: BLE001 - any kind is wanted
        return error
    raise AssertionError("nothing was raised")


def identities(call: Callable[..., object], *arguments: object) -> list[Identity]:
    """Identify what a call fails with after each of three other errors."""
    kinds = (ValueError, TypeError, AttributeError)
    return [FINGERPRINTS.of_exception(failure(call, kind, *arguments)) for kind in kinds]


def count(found: list[Identity]) -> int:
    return len({identity.fingerprint for identity in found})


@pytest.mark.parametrize("name", ["look_up", "load", "query"])
def test_what_the_host_or_a_library_translates_tells_faults_apart(name: str) -> None:
    assert count(identities(getattr(host(), name))) == 3


@pytest.mark.parametrize("name", ["dispatched", "by_its_own", "grouped"])
def test_a_handler_that_fails_is_one_fault_whatever_it_was_called_for(name: str) -> None:
    assert count(identities(getattr(host(), name))) == 1


def test_what_a_handler_itself_has_met_counts() -> None:
    bot = host()
    by_name = identities(bot.dispatched, bot.answer_by_name)

    assert count(by_name) == 1
    assert by_name[0].fingerprint != identities(bot.dispatched)[0].fingerprint


@contextmanager
def reports(path: Path) -> Iterator[tuple[Rig, Any]]:
    with rig(path / "state.sqlite3", Clock(1_800_000_000.0)) as parts:
        yield parts, host(report=parts.reporter.report)


def test_what_was_reported_itself_does_not_count_for_what_fails_after_it(tmp_path: Path) -> None:
    with reports(tmp_path) as (rig, bot):
        for kind in (ValueError, TypeError):
            rig.reporter.report(failure(bot.logged, kind))
        found = {group.type: group.count for group in rig.groups()}

    assert found == {"ValueError": 1, "TypeError": 1, "ConnectionError": 2}


def test_a_group_that_was_begun_by_one_of_the_errors_before_goes_on(tmp_path: Path) -> None:
    with reports(tmp_path) as (rig, bot):
        fail = partial(failure, bot.dispatched)
        earlier = Fingerprinter(Path.cwd()).of_exception(fail(ValueError)).earlier
        body = f'{{"fingerprint": "{earlier}", "type": "x", "where": "", "first_seen": 1.0,'
        body += ' "last_seen": 1.0, "count": 1, "hours": [], "event": null}'
        rig.ask(
            lambda connection: connection.execute(
                "INSERT INTO error_groups (fingerprint, last_seen, count, body)"
                " VALUES (?, 1, 1, ?)",
                (earlier, body),
            )
        )
        rig.reporter.report(fail(ValueError))
        rig.groups()
        rig.reporter.report(fail(TypeError))
        found = {group.fingerprint: group.count for group in rig.groups()}

    assert found == {earlier: 3}
