"""Groups that version 0.1 began, under a fingerprint v1, go on after the upgrade."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.debugcog.errors import tables
from services.debugcog.errors.fingerprint import Fingerprinter
from services.debugcog.errors.identity import Identity
from services.debugcog.errors.records import ErrorGroup
from tests.clock import Clock
from tests.error_rig import Rig, rig

WRITTEN = Path(__file__).with_name("state_of_0_1.sql")
"""Tables of errors as version 0.1 wrote them, after each failure of ``HOST`` had come once; it
resolved the group of ``called``, and muted that of ``missing`` for a week."""
HOST = """
class Answered(Exception):
    pass

def even(number):
    odd(number)

def odd(number):
    even(number)

def called(status):
    error = Answered()
    error.status = status
    raise error

def missing():
    raise FileNotFoundError(2, "x")

def load(name):
    exec(compile("x = = 1", f"/srv/bot/cogs/{name}.py", "exec"), {})

def caught(call, *arguments):
    try:
        call(*arguments)
    except Exception as error:
        return error
"""
CALLED = "6af6a42bb7bc3ce86fd097f31ccb44c80f714cbc9b7aceaed681db437ba62269"
MISSING = "584b28f41fc874cefe2b139e6e8a1226455e489ec075f70781e924a862711df0"
LOAD = "80153d0bc123dc7bd65e11c8e1de831c208f5dcc090dfa12f165ca011ec6a5e7"
FOR_MIA = "1518cc54657bdf1430e9de5b88b61914a4344ae74ab7904e9f8dbadfcb046872"
RECORD = "4635b6521bd83b2d2d2aa3fef43787765eef98e7abb0c4890dcc1a414ac82265"


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[Rig]:
    file = tmp_path / "state.sqlite3"
    connection = sqlite3.connect(file)
    connection.executescript(WRITTEN.read_text())
    connection.close()
    clock = Clock(1_800_000_100.0)
    with rig(file, clock) as parts:
        yield parts


def failure(name: str, *arguments: object, file: str = "/srv/bot/tts.py") -> BaseException:
    module: dict[str, Any] = {"__name__": "host_tts"}
    exec(compile(HOST, file, "exec"), module)
    error: BaseException = module["caught"](module[name], *arguments)
    return error


def record() -> logging.LogRecord:
    place = ("/srv/bot/music.py", 7, "lost 17 songs", (), None, "play")
    return logging.LogRecord("bot.music", logging.ERROR, *place)


def stored(reports: Rig) -> dict[str, ErrorGroup]:
    return {group.fingerprint: group for group in reports.groups()}


def news(reports: Rig) -> list[tuple[str, str]]:
    return [(post["subject"], post["body"]["news"]) for post in reports.posts()]


def test_the_fingerprints_v1_are_those_that_version_0_1_gave() -> None:
    fingerprints = Fingerprinter(Path("/srv/bot"), libraries=("/usr/lib/python3",))
    calls = (("called", 503), ("missing",), ("load", "music"))
    found = [fingerprints.of_exception(failure(*call)) for call in calls]

    assert [identity.former for identity in found] == [CALLED, MISSING, LOAD]
    assert fingerprints.of_record(record()).former == RECORD


def test_a_text_that_was_made_before_the_line_that_logs_it_has_the_fingerprint_of_0_1() -> None:
    fingerprints, found = Fingerprinter(Path("/srv/bot")), list[Identity]()
    handler = logging.Handler()
    handler.emit = lambda record: found.append(  # type: ignore[method-assign]
        fingerprints.of_record(record)
    )
    log = logging.getLogger("bot.music")
    log.addHandler(handler)
    for name in ("mia", "zoe"):
        text = f"Cannot play for {name}"
        log.error(text)
    log.removeHandler(handler)

    assert found[0].former == FOR_MIA
    assert found[0].fingerprint == found[1].fingerprint
    assert found[0].former != found[1].former


def test_a_host_that_0_1_took_for_a_library_is_found_as_it_was() -> None:
    beside = failure("missing", file="/usr/lib/python3-bot/tts.py")
    libraries = ("/usr/lib/python3", str(Path(__file__).parent))
    found = Fingerprinter(Path("/srv/bot"), libraries).of_exception(beside)

    assert found.former == MISSING
    assert found.where == "python3-bot/tts.py:17 in missing"


def test_an_error_joins_its_group_of_0_1_with_its_state_and_is_not_new(upgraded: Rig) -> None:
    before = stored(upgraded)
    for call in (("called", 503), ("missing",), ("load", "music")):
        upgraded.reporter.report(failure(*call))
    upgraded.reporter.report_record(record())
    after = stored(upgraded)

    assert {key: group.count for key, group in after.items()} == dict.fromkeys(before, 2)
    assert {key: group.state for key, group in after.items()} == {
        CALLED: "regressed",
        MISSING: "muted",
        LOAD: "new",
        RECORD: "new",
    }
    assert {key: g.first_seen for key, g in after.items()} == {
        key: g.first_seen for key, g in before.items()
    }
    assert [post for post in news(upgraded) if post[1] == "new"] == []
    assert ("group:6af6a42b", "regressed") in news(upgraded)


def test_what_0_1_had_in_one_group_stays_in_it(upgraded: Rig) -> None:
    for status in (404, 503):
        upgraded.reporter.report(failure("called", status))
    groups = stored(upgraded)

    assert (len(groups), groups[CALLED].count) == (4, 3)


async def test_the_new_id_of_an_error_finds_its_group_of_0_1(upgraded: Rig) -> None:
    error = failure("missing")
    upgraded.reporter.report(error)
    upgraded.groups()
    new = Fingerprinter(Path("/srv/bot")).of_exception(error).fingerprint
    found = [await upgraded.store.find(text) for text in (new[:8], MISSING[:8])]

    assert new != MISSING
    assert [group.fingerprint for group in found if group] == [MISSING, MISSING]


def test_an_endless_recursion_stays_in_one_group_whichever_of_its_groups_was_first(
    upgraded: Rig,
) -> None:
    """Version 0.1 had a group for each way in which the recursion can hit the limit."""
    error = failure("even", 1)
    former = Fingerprinter(Path("/srv/bot")).of_exception(error).former
    body = f'{{"fingerprint": "{former}", "type": "x", "where": "", "first_seen": 1.0,'
    body += ' "last_seen": 1.0, "count": 1, "hours": [], "event": null}'
    upgraded.ask(
        lambda connection: connection.execute(
            "INSERT INTO error_groups (fingerprint, last_seen, count, body) VALUES (?, 1, 1, ?)",
            (former, body),
        )
    )
    upgraded.reporter.report(error)
    upgraded.groups()
    again = Fingerprinter(Path("/srv/bot"))
    upgraded.reporter._fingerprints = lambda: again  # as after a restart
    for call in ("even", "odd"):
        upgraded.reporter.report(failure(call, 1))

    assert stored(upgraded)[former].count == 4


def test_an_error_of_no_group_of_0_1_is_new_and_its_key_is_its_own(upgraded: Rig) -> None:
    error = failure("even", 1)
    upgraded.reporter.report(error)
    new = Fingerprinter(Path("/srv/bot")).of_exception(error).fingerprint

    assert stored(upgraded)[new].count == 1
    assert (f"group:{new[:8]}", "new") in news(upgraded)


def test_what_led_to_a_group_goes_with_it(upgraded: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    upgraded.reporter.report(failure("missing"))
    upgraded.groups()
    monkeypatch.setattr(tables, "GROUPS_KEPT", 0)
    upgraded.ask(tables.forget_oldest)

    assert upgraded.ask(lambda c: c.execute("SELECT * FROM error_aliases").fetchall()) == []
