"""From an exception to a group and its post: what is kept, told, counted, and what it costs."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
import tracemalloc
from dataclasses import asdict
from pathlib import Path

import pytest

from services.debugcog.errors.records import CURRENT, Context
from services.debugcog.errors.tables import GROUPS_KEPT
from tests.clock import Clock
from tests.error_rig import Rig, rig
from tests.secret_samples import leaks, samples


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as raised:  # noqa: BLE001 - any kind is wanted
        return raised


def test_an_exception_becomes_a_group_an_event_and_one_post(reports: Rig, clock: Clock) -> None:
    context = Context(source="command", command="ask", cog="Chat", guild_id=1, user_id=2)

    found = reports.reporter.report(caught(ValueError("no such voice")), context)

    (group,) = reports.groups()
    event = group.event
    assert event is not None
    assert (group.type, group.count, group.state) == ("ValueError", 1, "new")
    assert group.where.startswith("tests/services/errors/test_store.py:")
    assert group.where.endswith(" in caught")
    assert (group.first_seen, group.last_seen) == (clock.now, clock.now)
    assert (event.id, event.message, event.release) == (found, "no such voice", "1.0")
    assert event.context == context
    assert event.traceback.startswith("Traceback (most recent call last):\n")
    assert event.traceback.endswith("\nValueError: no such voice")
    (post,) = reports.posts()
    assert (post["subject"], post["kind"], post["urgent"]) == (f"group:{group.id}", "open", 0)
    assert post["title"] == (
        f"🔴 ValueError: no such voice · {group.where.partition(' in ')[0]} · 1 time"
        f" · error group {group.id}"
    )
    assert post["body"]["news"] == "new"
    assert post["body"]["group"]["event"]["id"] == found
    assert reports.counts == {"errors_captured": 1}


async def test_people_find_a_group_by_its_id_and_by_that_of_an_event(reports: Rig) -> None:
    first = reports.reporter.report(caught(ValueError("first")))
    reports.reporter.report(caught(ValueError("second")))
    (group,) = reports.groups()

    by_event = await reports.store.find(f" {first.lower()} " if first else "")
    by_group = await reports.store.find(group.id.upper())

    assert by_event is not None
    assert by_event.event is not None
    assert by_group is not None
    assert by_group.event is not None
    assert (by_event.event.message, by_group.event.message) == ("first", "second")
    assert await reports.store.find("E-000000") is None
    assert await reports.store.groups() == (by_group,)


def test_one_exception_object_is_reported_once_wherever_it_shows_up(reports: Rig) -> None:
    error = caught(KeyError("voice"))
    wrapper = RuntimeError("wrapped")
    wrapper.original = error  # type: ignore[attr-defined]  # as discord.py's CommandInvokeError
    wrapper.__cause__ = error
    record = logging.LogRecord("host", logging.ERROR, "x.py", 1, "Failed", (), None)
    record.exc_info = (KeyError, error, error.__traceback__)

    first = reports.reporter.report(error)

    assert reports.reporter.report(error) == first
    assert reports.reporter.report(wrapper) == first
    assert reports.reporter.report_record(record) == first
    assert [group.count for group in reports.groups()] == [1]
    assert reports.counts == {"errors_captured": 1}


def test_mistakes_of_users_and_cancellations_are_counted_and_make_no_group(tmp_path: Path) -> None:
    class CheckFailure(Exception):  # noqa: N818 - as discord.py names it
        pass

    with rig(tmp_path / "state.sqlite3", time.time, mistakes=(CheckFailure,)) as reports:
        refused = caught(CheckFailure("no"))

        assert reports.reporter.report(refused) is None
        assert reports.reporter.report(refused) is None
        assert reports.reporter.report(caught(KeyboardInterrupt())) is None
        assert reports.groups() == ()
        assert reports.counts == {"user_mistakes": 1, "cancellations": 1}


def test_what_the_task_is_busy_with_is_the_context_of_a_log_record(reports: Rig) -> None:
    token = CURRENT.set(Context(source="command", command="ask", user_id=7))
    try:
        record = logging.LogRecord("host.llm", logging.ERROR, "x.py", 3, "Failed: %s", ("x",), None)
        reports.reporter.report_record(record)
    finally:
        CURRENT.reset(token)

    (group,) = reports.groups()
    assert (group.type, group.message) == ("ERROR host.llm", "Failed: x")
    assert group.where == "x.py:3 in None"
    assert group.event is not None
    assert group.event.traceback == ""
    assert group.event.context == Context("command", "ask", user_id=7, logger="host.llm")


def test_an_exception_that_was_never_raised_goes_by_the_line_that_logs_it(reports: Rig) -> None:
    for line, text in ((1, "Failed to speak"), (2, "Failed to listen")):
        record = logging.LogRecord("host", logging.ERROR, "x.py", line, text, (), None)
        record.exc_info = (ValueError, ValueError("x"), None)
        reports.reporter.report_record(record)

    assert sorted(group.type for group in reports.groups()) == ["ValueError", "ValueError"]


def test_counts_are_exact_when_the_detail_of_most_errors_is_not_captured(reports: Rig) -> None:
    ids = [reports.reporter.report(caught(ValueError(str(number)))) for number in range(1_000)]

    (group,) = reports.groups()
    events = reports.ask(lambda c: c.execute("SELECT COUNT(*) FROM error_events").fetchone()[0])
    assert group.count == 1_000
    assert events == 10
    assert sum(found == group.id for found in ids) == 990
    assert sum(str(found).startswith("E-") for found in ids) == 10


def test_four_threads_lose_no_count(reports: Rig) -> None:
    def fail() -> None:
        for number in range(2_500):
            reports.reporter.report(caught(ValueError(str(number))))

    threads = [threading.Thread(target=fail) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [group.count for group in reports.groups()] == [10_000]
    assert reports.counts == {"errors_captured": 10_000}


def different(number: int) -> logging.LogRecord:
    """Make a record of a kind of its own: digits alone would not make it one."""
    word = "".join(chr(97 + int(digit)) for digit in str(number))
    return logging.LogRecord("host", logging.ERROR, "x.py", 1, f"Lost {word}", (), None)


@pytest.mark.thorough
@pytest.mark.timeout(180)
def test_100000_equal_errors_are_all_counted_and_cost_little(reports: Rig, clock: Clock) -> None:
    error = caught(ValueError("equal"))
    started = time.thread_time()
    for _ in range(100_000):
        error.__dict__.clear()
        reports.reporter.report(error)
    cost = (time.thread_time() - started) / 100_000

    (group,) = reports.groups()
    assert group.count == 100_000
    assert len(reports.posts()) == 1
    assert cost < 0.001
    print(f"100,000 equal errors: {cost * 1e6:.0f} µs each")
    clock.now += 60
    reports.reporter.report(caught(OSError("another")))
    reports.groups()
    edits = [post for post in reports.posts() if post["subject"] == f"group:{group.id}"]
    assert [post["body"]["group"]["count"] for post in edits] == [100_000]


@pytest.mark.thorough
@pytest.mark.timeout(180)
def test_100000_different_errors_are_all_counted_in_a_bounded_number_of_groups(
    reports: Rig,
) -> None:
    started = time.thread_time()
    for number in range(100_000):
        reports.reporter.report_record(different(number))
    cost = (time.thread_time() - started) / 100_000

    groups = reports.groups()
    assert sum(group.count for group in groups) == 100_000
    assert len(groups) <= GROUPS_KEPT + 1
    assert cost < 0.001
    print(f"100,000 different errors: {cost * 1e6:.0f} µs each, {len(groups)} groups")


@pytest.mark.thorough
def test_the_memory_of_errors_is_bounded(reports: Rig) -> None:
    tracemalloc.start()
    try:
        for number in range(5_000):
            reports.reporter.report_record(different(number))
        before, _ = tracemalloc.get_traced_memory()
        for number in range(5_000, 10_000):
            reports.reporter.report_record(different(number))
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert after - before < 2_000_000
    assert peak < 10_000_000


def test_a_storm_gets_five_posts_and_one_digest(reports: Rig, clock: Clock) -> None:
    for letter in "abcdefghijkl":
        record = logging.LogRecord(f"host.{letter}", logging.ERROR, "x.py", 1, "Lost", (), None)
        reports.reporter.report_record(record)
    reports.groups()

    posts = reports.posts()
    assert [post["kind"] for post in posts] == ["open"] * 6
    assert posts[-1]["subject"] == "digest-errors:1"
    clock.now += 300
    record = logging.LogRecord("host.l", logging.ERROR, "x.py", 1, "Lost", (), None)
    reports.reporter.report_record(record)
    reports.groups()
    (digest,) = [post for post in reports.posts() if post["subject"] == "digest-errors:1"]
    assert digest["title"] == ("🔴 Error storm: 7 groups, 8 errors · most often ERROR host.l: Lost")
    assert [group["count"] for group in digest["body"]["top"]] == [2, 1, 1, 1, 1]


async def test_a_muted_group_is_counted_and_nothing_is_told(reports: Rig, clock: Clock) -> None:
    reports.reporter.report(caught(ValueError("x")))
    (group,) = reports.groups()

    muted = await reports.store.mute(group.id, clock.now + 3600)
    reports.reporter.report(caught(ValueError("x")))

    assert muted is not None
    assert muted.state == "muted"
    (group,) = reports.groups()
    assert (group.state, group.count) == ("muted", 2)
    clock.now += 3600
    reports.reporter.report(caught(ValueError("x")))
    (group,) = reports.groups()
    assert (group.state, group.count, group.muted_until) == ("ongoing", 3, None)


async def test_a_resolved_group_comes_back_as_regressed(reports: Rig, clock: Clock) -> None:
    reports.reporter.report(caught(ValueError("x")))
    (group,) = reports.groups()
    reports.ask(lambda c: c.execute("UPDATE outbox SET state = 'sent'"))

    await reports.store.resolve(group.id)
    clock.now += 5
    reports.reporter.report(caught(ValueError("x")))

    (group,) = reports.groups()
    assert group.state == "regressed"
    told = [(post["kind"], post["body"]["news"]) for post in reports.posts()]
    assert told == [
        ("open", "new"),
        ("edit", "resolved"),
        ("reply", "regressed"),
        ("edit", "regressed"),
    ]


async def test_resolved_until_the_next_release_waits_for_it(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "state.sqlite3"
    with rig(path, clock, release="1.0") as reports:
        reports.reporter.report(caught(ValueError("x")))
        (group,) = reports.groups()
        await reports.store.resolve(group.id, next_release=True)
        reports.reporter.report(caught(ValueError("x")))
        assert [group.state for group in reports.groups()] == ["resolved"]
    with rig(path, clock, release="1.1") as reports:
        reports.reporter.report(caught(ValueError("x")))
        (group,) = reports.groups()

    assert (group.state, group.count) == ("regressed", 3)


async def test_to_change_a_group_that_is_not_there_changes_nothing(reports: Rig) -> None:
    assert await reports.store.resolve("00000000") is None
    assert reports.posts() == []


def test_a_database_that_fails_for_a_while_loses_nothing(
    reports: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.errors.worker.RETRY", 0.01)
    real, failures = reports.database.submit, iter(range(2))

    def submit(work: object) -> object:
        if next(failures, None) is not None:
            raise sqlite3.OperationalError("database or disk is full")
        return real(work)  # type: ignore[arg-type]  # passes through what it is given

    monkeypatch.setattr(reports.database, "submit", submit)
    found = reports.reporter.report(caught(ValueError("x")))
    reports.reporter.report(caught(ValueError("x")))

    while reports.store.failures < 2:
        assert reports.store.flush()
    (group,) = reports.groups()
    assert group.count == 2
    assert group.event is not None
    assert group.event.message == "x"
    assert found is not None


def test_what_was_reported_before_the_stop_is_in_the_file(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "state.sqlite3"
    with rig(path, clock) as reports:
        reports.reporter.report(caught(ValueError("last words")))
    with rig(path, clock) as reports:
        assert [group.message for group in reports.groups()] == ["last words"]


@pytest.mark.thorough
def test_no_secret_of_any_shape_reaches_a_byte_of_the_database(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    clock, made = Clock(), samples(400)
    with rig(path, clock) as reports:
        for number, sample in enumerate(made):
            clock.now += 61
            try:
                try:
                    raise KeyError(sample.text)
                except KeyError as cause:
                    text = "x" * (990 - number % 40) + " " + sample.text
                    raise ValueError(text) from cause
            except ValueError as error:
                reports.reporter.report(error, Context(command=sample.text))
            name = f"host.{sample.text}"
            record = logging.LogRecord(name, logging.ERROR, "x.py", 1, "%s", (sample.text,), None)
            reports.reporter.report_record(record)
            reports.breadcrumbs.add(record)
            if number % 50 == 0:
                reports.groups()
        text = str([asdict(group) for group in reports.groups()])
    stored = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir())).decode(
        errors="replace"
    )

    assert leaks(made, text) == []
    assert leaks(made, stored) == []


def test_a_detail_that_cannot_be_stored_is_left_out_and_its_error_counted(
    reports: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.errors.worker.RETRY", 0.01)

    def broken(*_: object) -> None:
        raise SystemExit("from a host's __str__")

    monkeypatch.setattr("services.debugcog.errors.posts.tables.add_event", broken)
    reports.reporter.report(caught(ValueError("x")))

    while reports.store.failures < 1:
        assert reports.store.flush()
    (group,) = reports.groups()
    assert (group.count, group.event) == (1, None)


def test_after_the_close_nothing_is_reported(reports: Rig) -> None:
    reports.reporter.close()

    assert reports.reporter.report(caught(ValueError("late"))) is None
    assert reports.groups() == ()


async def test_groups_are_listed_by_their_state_however_many_came_since(
    reports: Rig, clock: Clock
) -> None:
    reports.reporter.report(caught(KeyError("v")))
    (old,) = reports.groups()
    await reports.store.resolve(old.id)
    clock.now += 60
    reports.reporter.report(caught(ValueError("x")))
    assert len(reports.groups()) == 2

    assert [one.type for one in await reports.store.groups(1, ("resolved",))] == ["KeyError"]
    assert [one.type for one in await reports.store.groups(1, ("new", "ongoing"))] == ["ValueError"]
    assert await reports.store.groups(states=("muted",)) == ()
    again = await reports.store.reopen(old.id)
    assert again
    assert again.state == "ongoing"
    assert await reports.store.reopen("0badcafe") is None


async def test_the_worst_group_is_first_of_all_however_many_came_since(
    reports: Rig, clock: Clock
) -> None:
    def fail(file: str, message: str) -> None:
        place = ("host", logging.ERROR, file, 1)
        reports.reporter.report_record(logging.LogRecord(*place, message, (), None))

    for _ in range(300):
        fail("often.py", "often")
    assert len(reports.groups()) == 1
    for letter in "abcdefghijklmnopqrstuvwxyzABCD":
        clock.now += 1
        fail(f"{letter}.py", f"once {letter * 3}")
    latest, *_ = reports.groups()
    await reports.store.mute(latest.id, clock.now + 60)

    first = await reports.store.ranked(1, 15)
    last = await reports.store.ranked(9, 15)

    assert (first.groups[0].count, first.total, first.page) == (300, 31, 1)
    assert [one.last_seen for one in first.groups[1:]] == [clock.now - age for age in range(1, 15)]
    assert ([one.state for one in last.groups], last.total, last.page) == (["muted"], 31, 3)
    of_a_state = await reports.store.ranked(1, 15, ("muted",))
    assert (of_a_state.groups, of_a_state.total) == (last.groups, 1)
    of_a_text = await reports.store.ranked(1, 15, ("new",), "ONCE")
    assert (len(of_a_text.groups), of_a_text.total) == (15, 29)
    assert (await reports.store.ranked(1, 15, (), "100%")).total == 0


async def test_groups_are_ranked_by_their_errors_of_late_and_damaged_rows_come_last(
    reports: Rig, clock: Clock
) -> None:
    def fail(what: str, count: int) -> None:
        place = ("host", logging.ERROR, f"{what}.py", 1)
        for _ in range(count):
            reports.reporter.report_record(logging.LogRecord(*place, what, (), None))

    fail("long ago", 9)
    fail("again", 1)
    assert len(reports.groups()) == 2
    clock.now += 4 * 3600
    fail("now", 3)
    fail("again", 4)
    groups = reports.groups()
    damage = "UPDATE error_groups SET body = ? WHERE fingerprint = ?"
    most = next(one for one in groups if one.count == 9)
    assert [one.count for one in (await reports.store.ranked(1, 15)).groups] == [5, 3, 9]

    for body in ('{"state"', "[]", '{"state": "new", "hours": {"a": "b"}}'):
        reports.ask(lambda c, body=body: c.execute(damage, (body, most.fingerprint)))  # type: ignore[misc]
        assert [one.count for one in (await reports.store.ranked(1, 15)).groups] == [5, 3]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("LOST", ["Lost 100% of the_voice\\line"]),
        ("100% of", ["Lost 100% of the_voice\\line"]),
        ("the_voice\\l", ["Lost 100% of the_voice\\line"]),
        ("error host", ["Another thing", "Lost 100% of the_voice\\line"]),
        ("test_store.py:9 in", ["Another thing"]),
        ("1%0", []),
        ("the-voice", []),
        ("nothing of it", []),
    ],
)
async def test_a_search_looks_at_type_message_and_place_and_knows_no_wildcards(
    reports: Rig, text: str, found: list[str]
) -> None:
    for line, message in ((1, "Lost 100% of the_voice\\line"), (9, "Another thing")):
        place = ("host", logging.ERROR, "test_store.py", line)
        reports.reporter.report_record(logging.LogRecord(*place, message, (), None))
    assert len(reports.groups()) == 2
    assert sorted(one.message for one in await reports.store.search(text)) == found


def test_a_group_whose_row_was_damaged_begins_anew_and_the_old_row_is_kept_aside(
    reports: Rig,
) -> None:
    reports.reporter.report(caught(ValueError("bad")))
    reports.groups()
    cut = "UPDATE error_groups SET body = substr(body, 1, 20)"
    assert reports.ask(lambda c: c.execute(cut).rowcount) == 1

    reports.reporter.report(caught(ValueError("bad")))

    assert [group.count for group in reports.groups()] == [1]
    kept = reports.ask(lambda c: c.execute("SELECT content FROM set_aside").fetchall())
    assert [len(json.loads(row["content"])["body"]) for row in kept] == [20]
    reports.reporter.report(caught(ValueError("bad")))
    assert [group.count for group in reports.groups()] == [2]
