"""Values over time become incidents and posts, over restarts, crashes and people's wishes."""

from __future__ import annotations

import asyncio
import json
import logging
import math

import pytest

from services.debugcog.alerting.death import Evidence
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.reads import FEW, MISSING
from services.debugcog.alerting.rules import Level, Severity
from services.debugcog.steady_clock import Timestamp
from tests.alert_world import FINE, INTERVAL, World

MINUTE = 60.0
HOUR = 3600.0
SEGFAULT = """Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "/app/bot/voice.py", line 88 in encode
"""


@pytest.fixture
def world() -> World:
    return World()


async def firing(world: World, value: float = 15.0) -> None:
    await world.run(2 * MINUTE)
    await world.breach("memory", value, 4 * MINUTE)


async def test_a_breach_is_posted_and_its_end_is_an_edit_of_the_same_message(world: World) -> None:
    await firing(world)
    assert world.told() == ["open opened firing"]
    await world.breach("memory", FINE, 10 * MINUTE)
    assert world.told() == ["show ended ended"]
    (incident,) = world.incidents
    assert (incident.id, incident.rule, incident.state) == (1, "memory", "ended")
    assert (incident.reason, incident.peak, incident.worst) == (
        "recovered",
        Severity.WARNING,
        15.0,
    )


async def test_an_escalation_is_a_new_post_that_pings(world: World) -> None:
    await firing(world)
    await world.breach("memory", 25.0, 2 * MINUTE)
    card, reply = world.discord.messages
    assert (card.role_id, reply.role_id) == (None, 7)
    assert world.told() == ["restore changed firing", "reply escalated firing"]


async def test_a_critical_end_also_gets_a_short_reply_that_pings_nobody(world: World) -> None:
    await firing(world, 25.0)
    await world.breach("memory", FINE, 10 * MINUTE)
    assert world.told() == ["show ended ended", "reply ended ended"]
    assert [message.role_id for message in world.discord.messages] == [7, None]


async def test_easing_from_critical_to_warning_is_an_edit(world: World) -> None:
    await firing(world, 25.0)
    await world.breach("memory", 15.0, 10 * MINUTE)
    assert world.told() == ["restore changed firing"]
    assert world.incidents[0].severity is Severity.WARNING


async def test_a_look_at_incidents_is_one_statement_each_that_no_tick_and_no_sender_notices(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await firing(world)
    woken: list[None] = []
    monkeypatch.setattr(world.evaluator, "_committed", lambda: woken.append(None))
    statements = world.disk.statements()
    async with world.evaluator._lock:  # a tick is under way
        found = await world.desk.incident(1)
        assert await world.desk.incidents() == (found,)
    assert [statement.split(maxsplit=1)[0] for statement in statements] == [
        "BEGIN",
        "SELECT",
        "COMMIT",
    ] * 2
    assert (found and found.state, woken) == ("firing", [])


async def test_an_action_is_one_transaction(world: World) -> None:
    await firing(world)
    statements = world.disk.statements()
    await world.desk.acknowledge(1, "ada")
    assert (statements[0], statements[-1]) == ("BEGIN IMMEDIATE", "COMMIT")
    assert statements.count("COMMIT") == 1


async def test_a_moving_value_edits_the_card_once_a_minute_and_not_after_55_minutes(
    world: World,
) -> None:
    await firing(world)
    for minute in range(80):
        await world.breach("memory", 15.0 + minute % 3, MINUTE)
    (card,) = world.discord.messages
    assert 50 <= len(card.versions) - 1 <= 55


async def test_a_steady_value_edits_nothing(world: World) -> None:
    await firing(world)
    await world.run(HOUR)
    assert len(world.discord.messages[0].versions) == 1


async def test_a_changed_threshold_is_on_the_card_of_a_steady_value(world: World) -> None:
    await firing(world, 17.0)
    await world.desk.set_thresholds("memory", {Severity.WARNING: 16.0}, "ada")
    await world.run(2 * MINUTE)
    (card,) = world.discord.messages
    assert len(card.versions) == 2
    assert "limit 16" in str(card.versions[-1])


async def test_critical_repeats_every_four_hours_and_warnings_once_a_day(world: World) -> None:
    await firing(world, 25.0)
    await world.run(13 * HOUR)
    assert world.told()[1:] == ["reply reminder firing"] * 3
    await world.breach("memory", 15.0, 30 * HOUR)
    assert world.told()[4:] == ["reply reminder firing"]


async def test_a_breach_right_after_the_end_reopens_the_same_card(world: World) -> None:
    await firing(world)
    await world.breach("memory", FINE, 7 * MINUTE)
    await world.breach("memory", 15.0, 4 * MINUTE)
    assert world.told() == ["show changed firing"]
    assert world.incidents[0].reopened == 1


async def test_a_critical_reopening_pings_at_most_once_in_ten_minutes(world: World) -> None:
    await world.run(2 * MINUTE)
    await world.breach("memory", 25.0, MINUTE)
    await world.breach("memory", FINE, 6 * MINUTE)
    await world.breach("memory", 25.0, 2 * MINUTE)
    assert [text for text in world.told() if "reopened" in text] == []
    await world.breach("memory", FINE, 6 * MINUTE)
    await world.breach("memory", 25.0, 4 * MINUTE)
    assert [text for text in world.told() if "reopened" in text] == ["reply reopened firing"]


async def test_flapping_is_one_edit_and_owes_its_end(world: World) -> None:
    await world.run(2 * MINUTE)
    for _ in range(5):
        await world.breach("memory", 15.0, 3 * MINUTE)
        await world.breach("memory", FINE, 6 * MINUTE)
    assert world.incidents[0].flaps == 5
    assert world.incidents[0].open
    await world.run(30 * MINUTE)
    assert world.told() == ["show ended ended"]
    assert len(world.incidents) == 1


async def test_no_traffic_ends_an_incident_with_that_reason(world: World) -> None:
    await firing(world)
    world.values["memory"] = FEW
    await world.run(11 * MINUTE)
    assert world.incidents[0].reason == "no traffic"


async def test_a_raised_threshold_is_held_against_the_last_value_where_traffic_has_stopped(
    world: World,
) -> None:
    await firing(world)
    world.values["memory"] = FEW
    await world.run(MINUTE)
    assert (world.incidents[0].state, world.incidents[0].value) == ("firing", 15.0)
    await world.desk.set_thresholds(
        "memory", {Severity.WARNING: 30.0, Severity.CRITICAL: 40.0}, "ada"
    )
    await world.run(INTERVAL)
    assert (world.incidents[0].state, world.incidents[0].warning) == ("recovering", 30.0)


@pytest.mark.parametrize("value", [MISSING, math.nan, math.inf])
async def test_three_missing_values_open_an_incident_of_their_own(
    world: World, value: float
) -> None:
    await world.run(2 * MINUTE)
    world.values["memory"] = value
    await world.run(2 * INTERVAL)
    assert world.incidents == []
    await world.run(10 * MINUTE)
    (incident,) = world.incidents
    assert (incident.rule, incident.title) == ("data_missing.memory", "No data for memory")
    await world.breach("memory", FINE, MINUTE)
    assert world.told() == ["show ended ended"]


async def test_the_card_of_what_fires_says_that_its_value_is_missing(world: World) -> None:
    await firing(world)
    world.told()
    await world.breach("memory", MISSING, 2 * MINUTE)
    memory = next(incident for incident in world.incidents if incident.rule == "memory")
    assert (memory.state, memory.stale, memory.value) == ("firing", True, 15.0)
    assert world.told() == ["restore changed firing", "open opened firing"]
    await world.breach("memory", 15.0, 2 * MINUTE)
    memory = next(incident for incident in world.incidents if incident.rule == "memory")
    assert not memory.stale
    assert "restore changed firing" in world.told()


async def test_the_card_of_what_fires_says_that_there_is_no_traffic(world: World) -> None:
    await firing(world)
    await world.breach("memory", FEW, INTERVAL)
    await world.breach("memory", 15.0, INTERVAL)
    assert world.told() == ["open opened firing"], "a tick with few samples is no news"
    await world.breach("memory", FEW, 2 * MINUTE)
    await world.breach("memory", 15.0, MINUTE)
    (card,) = world.discord.messages
    assert [version["title"] for version in card.versions] == [
        "⚠️ #1 warning · Memory 15 (limit 10), since 18 Nov 11:09 UTC",
        "⚠️ #1 warning · Memory: no traffic (last 15), since 18 Nov 11:09 UTC",
        "⚠️ #1 warning · Memory 15 (limit 10), since 18 Nov 11:09 UTC",
    ]


async def test_a_rule_that_raises_counts_as_missing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.run(2 * MINUTE)
    del world.values["memory"]
    await world.run(3 * INTERVAL)
    assert [incident.rule for incident in world.incidents] == ["data_missing.memory"]
    assert "Rule not readable: memory" in caplog.text


class TestSilence:
    async def test_blocks_posts_but_not_the_state(self, world: World) -> None:
        await world.run(2 * MINUTE)
        await world.desk.silence("memory", HOUR, "ada")
        await world.breach("memory", 15.0, 10 * MINUTE)
        assert world.told() == []
        assert world.incidents[0].state == "firing"

    async def test_tells_once_when_it_ends_while_it_still_fires(self, world: World) -> None:
        await world.run(2 * MINUTE)
        await world.desk.silence("memory", 30 * MINUTE, "ada")
        await world.breach("memory", 15.0, HOUR)
        assert world.told() == ["open opened firing"]

    async def test_reminds_when_it_is_lifted_from_an_incident_that_was_told(
        self, world: World
    ) -> None:
        await firing(world)
        await world.desk.silence("memory", HOUR, "ada")
        await world.run(5 * MINUTE)
        await world.desk.unsilence("memory")
        await world.run(MINUTE)
        assert world.told() == ["restore changed firing", "reply reminder firing"]

    async def test_leaves_the_end_of_what_was_told(self, world: World) -> None:
        await firing(world, 25.0)
        await world.desk.silence("memory", HOUR, "ada", Severity.CRITICAL)
        await world.breach("memory", FINE, 10 * MINUTE)
        assert world.told() == ["show ended ended"]

    async def test_keeps_quiet_about_what_begins_and_ends_in_it(self, world: World) -> None:
        await world.run(2 * MINUTE)
        await world.desk.silence("memory", 2 * HOUR, "ada")
        await world.breach("memory", 15.0, 10 * MINUTE)
        await world.breach("memory", FINE, 3 * HOUR)
        assert world.told() == []

    async def test_lets_critical_pass_unless_it_is_named(self, world: World) -> None:
        await world.run(2 * MINUTE)
        await world.desk.silence("memory", HOUR, "ada")
        await world.breach("memory", 25.0, 4 * MINUTE)
        assert world.told() == ["open opened firing"]

    async def test_from_a_card_covers_what_the_card_shows(self, world: World) -> None:
        await firing(world, 25.0)
        found = await world.desk.silence_incident(1, HOUR, "ada")
        assert found
        incident = found.incident
        assert incident
        assert (incident.silenced_by, found.before) == ("ada", None)
        assert incident.silenced_until == pytest.approx(world.clock.unix + HOUR)
        (silence,) = world.desk.silences
        assert (silence.rule, silence.severity) == ("memory", Severity.CRITICAL)
        await world.run(4 * HOUR)
        assert world.told()[1:] == ["reply reminder firing"]

    async def test_lets_the_card_follow_without_a_message(self, world: World) -> None:
        await firing(world, 25.0)
        await world.desk.silence_incident(1, 8 * HOUR, "ada")
        await world.breach("memory", 15.0, 10 * MINUTE)
        (card,) = world.discord.messages
        await world.breach("memory", 25.0, 10 * MINUTE)
        since = "since 18 Nov 11:09 UTC"
        assert [version["title"] for version in card.versions] == [
            f"🔴 #1 critical · Memory 25 (limit 20), {since}",
            f"🔴 #1 critical · Memory 15 (limit 20; critical ends after 5 min below 18), {since}",
            f"⚠️ #1 was critical · Memory 15 (limit 10), {since}",
            f"⚠️ #1 was critical · Memory 25 (limit 10), {since}",
            f"🔴 #1 critical · Memory 25 (limit 20), {since}",
        ]
        assert world.told() == ["edit changed firing"]
        await world.run(8 * HOUR)
        assert world.told() == ["restore changed firing", "reply escalated firing"]

    async def test_of_warnings_is_on_the_card_once_it_is_a_warning_again(
        self, world: World
    ) -> None:
        await firing(world)
        await world.desk.silence_incident(1, 8 * HOUR, "ada")
        await world.breach("memory", 25.0, 2 * MINUTE)
        assert world.incidents[0].silenced_until == 0.0
        await world.breach("memory", 15.0, 10 * MINUTE)
        assert world.told() == ["edit changed firing", "reply escalated firing"]
        assert world.incidents[0].silenced_until > world.clock.unix
        assert world.incidents[0].announced is Severity.WARNING

    async def test_posts_no_card_afresh_for_what_comes_back_in_it(self, world: World) -> None:
        await firing(world)
        await world.desk.silence("memory", 4 * HOUR, "ada")
        await world.run(2 * HOUR)
        await world.breach("memory", FINE, 8 * MINUTE)
        (card,) = world.discord.messages
        world.discord.deleted.add(card.id)
        await world.breach("memory", 15.0, 10 * MINUTE)
        assert (world.incidents[0].reopened, len(world.discord.messages)) == (1, 1)

    async def test_repeats_nothing_at_its_end_that_was_acknowledged(self, world: World) -> None:
        await firing(world, 25.0)
        await world.desk.acknowledge(1, "ada")
        await world.desk.silence_incident(1, HOUR, "ada")
        await world.run(2 * HOUR)
        assert world.told() == ["restore changed firing"]
        assert world.incidents[0].silenced_until == 0.0

    async def test_tells_at_its_end_what_got_worse_than_was_acknowledged(
        self, world: World
    ) -> None:
        await firing(world)
        await world.desk.acknowledge(1, "ada")
        await world.desk.silence("memory", HOUR, "ada", Severity.CRITICAL)
        await world.breach("memory", 25.0, 2 * HOUR)
        assert world.told() == ["restore changed firing", "reply escalated firing"]

    async def test_survives_a_restart(self, world: World) -> None:
        await world.run(2 * MINUTE)
        await world.desk.silence("memory", HOUR, "ada")
        await world.stop()
        await world.breach("memory", 15.0, 30 * MINUTE)
        assert world.told() == []

    async def test_lasts_seven_days_at_most(self, world: World) -> None:
        await world.run(INTERVAL)
        with pytest.raises(ValueError, match="up to 7 days"):
            await world.desk.silence("memory", 8 * 86_400, "ada")
        with pytest.raises(ValueError, match="no rule nothing"):
            await world.desk.silence("nothing", HOUR, "ada")

    async def test_of_an_incident_that_has_ended_is_refused(self, world: World) -> None:
        await firing(world)
        await world.breach("memory", FINE, 10 * MINUTE)
        assert await world.desk.silence_incident(1, HOUR, "ada") is None
        assert await world.desk.silence_incident(99, HOUR, "ada") is None


class TestAcknowledgement:
    async def test_stops_the_repeats_and_shows_on_the_card(self, world: World) -> None:
        await firing(world, 25.0)
        incident = await world.desk.acknowledge(1, "ada")
        assert incident
        assert (incident.acked, incident.acked_by) == (Severity.CRITICAL, "ada")
        await world.run(13 * HOUR)
        assert world.told() == ["restore changed firing"]

    async def test_lets_an_escalation_pass(self, world: World) -> None:
        await firing(world)
        await world.desk.acknowledge(1, "ada")
        await world.breach("memory", 25.0, 5 * HOUR)
        assert world.told()[1:] == ["reply escalated firing", "reply reminder firing"]

    async def test_is_over_when_the_incident_ends(self, world: World) -> None:
        await firing(world)
        await world.desk.acknowledge(1, "ada")
        await world.breach("memory", FINE, 10 * MINUTE)
        assert world.incidents[0].acked is Severity.OK
        assert await world.desk.acknowledge(1, "ada") is None


class TestRestart:
    async def test_keeps_an_open_incident_and_ends_it_later(self, world: World) -> None:
        await firing(world)
        await world.stop()
        await world.run(10 * MINUTE)
        assert world.told() == ["open opened firing"]
        await world.breach("memory", FINE, 10 * MINUTE)
        assert world.told() == ["show ended ended"]

    async def test_waits_ninety_seconds_before_it_evaluates(self, world: World) -> None:
        world.values["loop"] = MISSING
        await world.run(90)
        assert world.evaluator.rule_states["memory"].state.at == -math.inf
        await world.run(INTERVAL)
        assert world.evaluator.rule_states["memory"].state.at > 0

    async def test_ends_what_its_host_watches_no_more(self, world: World) -> None:
        await firing(world)
        await world.stop()
        world.names = ()
        world.restart()
        await world.run(MINUTE)
        (incident,) = world.incidents
        assert (incident.state, incident.reason) == ("ended", "the rule is gone")
        assert world.told() == ["show ended ended"]

    async def test_rings_for_the_end_of_what_was_critical_and_is_watched_no_more(
        self, world: World
    ) -> None:
        await firing(world, 25.0)
        await world.stop()
        world.names = ()
        world.restart()
        await world.run(MINUTE)
        assert world.told() == ["show ended ended", "reply ended ended"]
        assert [event.text for event in world.incidents[0].history] == [
            *("Critical: 25 (limit 20)", "Resolved: the rule is gone"),
        ]

    async def test_starts_afresh_with_a_rule_that_comes_back(self, world: World) -> None:
        await firing(world)
        await world.stop()
        world.names = ()
        world.restart()
        await world.run(MINUTE)
        await world.stop()
        world.names = ("memory",)
        world.restart()
        await world.run(10 * MINUTE)
        assert [incident.state for incident in world.incidents] == ["ended", "firing"]

    async def test_after_a_stop_there_is_no_crash_notice(self, world: World) -> None:
        await world.run(MINUTE)
        await world.stop()
        await world.run(MINUTE)
        assert world.told() == []


class TestCrash:
    async def crash(self, world: World, away: float) -> None:
        world.clock.pass_time(away)
        world.restart()
        await world.run(MINUTE)

    async def test_gives_one_notice_that_says_how_long_it_was_down(self, world: World) -> None:
        await world.run(MINUTE)
        await self.crash(world, 300.0)
        await world.run(HOUR)
        (row,) = world.disk.rows("SELECT subject, body FROM outbox")
        assert row["subject"] == "crash:1"
        body = json.loads(row["body"])
        assert body["down"] == 300.0 + INTERVAL
        assert body["trace"] == ""

    async def test_thrice_in_ten_minutes_is_one_incident(self, world: World) -> None:
        await world.run(MINUTE)
        for _ in range(4):
            await self.crash(world, 30.0)
        subjects = [message.now["subject"] for message in world.discord.messages]
        assert subjects == ["crash:1", "crash:2", "incident:1"]
        (incident,) = world.incidents
        assert (incident.rule, incident.severity) == ("crash_loop", Severity.CRITICAL)
        await world.run(20 * MINUTE)
        assert world.incidents[0].state == "ended"
        assert len(await world.desk.crashes()) == 4, "those of the loop are listed too"

    async def test_of_a_loop_names_what_it_died_of(self, world: World) -> None:
        await world.run(MINUTE)
        for _ in range(3):
            world.clock.pass_time(30.0)
            world.restart()
            world.evaluator.load(Evidence(SEGFAULT))
            world.begun = True
            await world.run(MINUTE)
        cause = "Segmentation fault in encode (voice.py:88)"
        assert world.incidents[0].died_of == (cause, cause, cause)
        assert world.discord.messages[-1].now["title"] == (
            f"🔴 #1 critical · Crash loop: 3 crashes, each: {cause}, since 18 Nov 11:11 UTC"
        )
        await world.run(20 * MINUTE)
        (ended,) = world.incidents
        assert (ended.state, ended.died_of) == ("ended", (cause, cause, cause))

    async def test_is_listed_with_trace_and_last_lines(self, world: World) -> None:
        await world.run(MINUTE)
        await world.stop()
        await world.run(MINUTE)
        assert await world.desk.crashes() == (), "a stop is none"
        world.clock.pass_time(300.0)
        world.restart()
        world.evaluator.load(Evidence("Fatal Python error", ("one", "two")))
        (crash,) = await world.desk.crashes()
        assert (crash.down, crash.trace, crash.log) == (300.0, "Fatal Python error", ("one", "two"))
        assert crash.last_beat == world.clock.unix - 300.0
        world.clock.pass_time(8 * 86_400.0)
        assert await world.desk.crashes() == (), "it is long ago"

    @pytest.mark.parametrize("body", [None, "", "{", "[]", "null", '{"log": 5}'])
    async def test_is_listed_by_its_run_where_its_record_is_missing_or_damaged(
        self, world: World, body: str | None
    ) -> None:
        await world.run(MINUTE)
        await self.crash(world, 300.0)
        world.disk.rows("DELETE FROM crashes")
        if body is not None:
            world.disk.rows(f"INSERT INTO crashes VALUES (1, '{body}')")
        (crash,) = await world.desk.crashes()
        assert (crash.down, crash.trace, crash.log) == (300.0 + INTERVAL, "", ())


class TestClock:
    async def test_set_forward_or_back_changes_nothing(self, world: World) -> None:
        other = World()
        for one in (world, other):
            await firing(one)
            one.clock.set(7200.0 if one is other else 0.0)
            await one.breach("memory", 25.0, 10 * MINUTE)
            one.clock.set(-90_000.0 if one is other else 0.0)
            await one.breach("memory", FINE, 10 * MINUTE)
        assert world.moves == other.moves
        assert world.told() == other.told()

    async def test_credits_a_suspended_machine_with_two_intervals(self, world: World) -> None:
        await world.run(2 * MINUTE)
        world.values["memory"] = 15.0
        await world.run(INTERVAL)
        world.clock.pass_time(10 * HOUR)
        await world.run(INTERVAL)
        assert world.incidents == []
        await world.run(2 * INTERVAL)
        assert len(world.incidents) == 1

    async def test_a_second_tick_at_the_same_moment_changes_nothing(self, world: World) -> None:
        await firing(world)
        before = world.evaluator.rule_states.copy()
        await world.evaluator.tick()
        assert world.evaluator.rule_states == before


async def test_the_order_of_rules_does_not_matter() -> None:
    worlds = [World(("memory", "loop")), World(("loop", "memory"))]
    for world in worlds:
        await world.run(2 * MINUTE)
        world.values["loop"] = 25.0
        await world.breach("memory", 15.0, 10 * MINUTE)
        world.values["loop"] = FINE
        await world.breach("memory", FINE, 10 * MINUTE)
    first, second = (
        [(incident.id, incident.rule, incident.opened) for incident in world.incidents]
        for world in worlds
    )
    assert first == second
    assert worlds[0].told() == worlds[1].told()


async def test_a_tick_that_could_not_be_committed_has_not_happened(world: World) -> None:
    await firing(world)
    world.values["memory"] = FINE
    world.disk.broken = True
    for _ in range(40):
        world.clock.pass_time(INTERVAL)
        with pytest.raises(Exception, match="disk I/O error"):
            await world.evaluator.tick()
    world.disk.broken = False
    assert world.incidents[0].open
    await world.run(10 * MINUTE)
    assert world.told() == ["show ended ended"]


async def test_a_threshold_changed_at_runtime_counts_at_once_and_after_a_restart(
    world: World,
) -> None:
    await world.run(2 * MINUTE)
    await world.desk.set_thresholds("memory", {Severity.WARNING: 16.0}, "ada")
    assert world.desk.rules[0].warning == Level(16.0, 16.0 * 8 / 10, 120.0)
    await world.breach("memory", 15.0, HOUR)
    await world.stop()
    await world.run(HOUR)
    assert world.incidents == []
    assert [one.threshold(Severity.WARNING) for one in world.desk.rules][:1] == [16.0]


async def test_a_changed_threshold_is_evaluated_at_once_where_rules_are_evaluated_at_all(
    world: World,
) -> None:
    def last_tick() -> float:
        (row,) = world.disk.rows("SELECT beat FROM runs ORDER BY id DESC LIMIT 1")
        return float(row["beat"])

    await world.run(INTERVAL)
    before = last_tick()
    world.clock.pass_time(1.0)
    await world.desk.set_thresholds("memory", {Severity.WARNING: 16.0}, "ada")
    assert last_tick() == before, "METRICS_ENABLED=false starts no ticks"
    world.evaluator.start()
    while last_tick() == before:  # noqa: ASYNC110 - a tick tells nobody
        await asyncio.sleep(0)
    world.clock.pass_time(1.0)
    await world.desk.set_thresholds("memory", {Severity.WARNING: 17.0}, "ada")
    assert last_tick() == world.clock.unix
    await world.evaluator.close()


@pytest.mark.parametrize(
    ("rule", "value", "why"),
    [
        ("memory", 21.0, "critical must not be below warning"),
        ("memory", math.nan, "takes no warning threshold of nan"),
        ("memory", -1.0, "takes no warning threshold of -1"),
        ("nothing", 1.0, "there is no rule nothing"),
    ],
)
async def test_a_threshold_that_cannot_be_is_refused(
    world: World, rule: str, value: float, why: str
) -> None:
    await world.run(INTERVAL)
    with pytest.raises(ValueError, match=why):
        await world.desk.set_thresholds(rule, {Severity.WARNING: value}, "ada")


async def test_a_stored_threshold_that_no_longer_fits_is_left_out_and_told_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.run(INTERVAL)
    await world.desk.set_thresholds("memory", {Severity.WARNING: 16.0}, "ada")
    await world.stop()
    world.critical = 15.0
    world.restart()
    await world.run(INTERVAL)
    assert world.desk.rules[0].threshold(Severity.WARNING) == 10.0
    await world.desk.acknowledge(1, "ada")
    assert caplog.text.count("Stored thresholds left out: memory") == 1


async def test_a_clock_that_is_set_meanwhile_does_not_change_how_long_it_lasted(
    world: World,
) -> None:
    await firing(world)
    world.clock.set(3 * HOUR)
    await world.breach("memory", FINE, 10 * MINUTE)
    (incident,) = world.incidents
    assert incident.ended is not None
    assert incident.lasted == pytest.approx(incident.ended - incident.since - 3 * HOUR, abs=1)


async def test_an_incident_names_what_changed_just_before(world: World) -> None:
    await world.run(2 * MINUTE)
    await world.desk.note("long ago")
    await world.run(HOUR)
    noted = world.clock.unix
    await world.desk.note("DebugCog reloaded")
    await world.breach("memory", 15.0, 4 * MINUTE)
    assert world.incidents[0].recent == (RecentChange(noted, "DebugCog reloaded"),)


async def test_a_post_has_what_was_changed_around_its_incident(world: World) -> None:
    await world.run(INTERVAL)
    await world.desk.note("Log level of all loggers: DEBUG")
    await firing(world)
    await world.desk.set_thresholds("memory", {Severity.WARNING: 11.0}, "ada")
    await world.run(2 * MINUTE)
    (row,) = world.disk.rows("SELECT body FROM outbox WHERE kind = 'restore'")
    assert [change["text"] for change in json.loads(row["body"])["changes"]] == [
        *("Thresholds: warning 11, critical 20, set by ada", "Log level of all loggers: DEBUG"),
    ]


async def test_another_release_is_told_as_a_deploy(world: World) -> None:
    await world.run(INTERVAL)
    for release in ("", "1.2", "1.2", "1.3"):
        await world.desk.loaded(release, world.clock.unix)
    rows = world.disk.rows("SELECT text FROM changes ORDER BY id")
    assert [row["text"] for row in rows] == [
        "DebugCog loaded",
        "DebugCog loaded, release 1.2",
        "DebugCog loaded, release 1.2",
        "Deployed: release 1.3, before it 1.2",
    ]


async def test_the_same_process_loads_again_and_another_one_starts(world: World) -> None:
    process = world.clock.unix - 5
    await world.run(INTERVAL)
    await world.desk.loaded("1.2", process)
    for started in (process, world.clock.unix + 2 * INTERVAL):
        await world.stop()
        world.restart()
        await world.run(INTERVAL)
        await world.desk.loaded("1.2", started)
    labels = [change.label for change in await world.desk.changes("memory", 0)]
    assert labels == ["restart", "reload", "restart"]


async def test_a_chart_is_drawn_without_marks_when_the_state_file_does_not_tell(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.run(INTERVAL)
    await world.desk.loaded("", world.clock.unix)
    world.disk.broken = True
    assert await world.desk.changes("memory", 0) == ()
    assert caplog.messages[-1].startswith("A chart has no marks of what changed: ")
    world.disk.broken = False
    assert len(await world.desk.changes("memory", 0)) == 1


async def test_a_change_of_a_rule_is_told_by_its_own_incidents_only() -> None:
    world = World(("memory", "loop"))
    await world.run(2 * MINUTE)
    await world.desk.set_thresholds("memory", {Severity.WARNING: 11.0}, "ada")
    world.values["loop"] = 15.0
    await world.breach("memory", 15.0, 4 * MINUTE)
    recent = {one.rule: [change.text for change in one.recent] for one in world.incidents}
    assert recent == {"memory": ["Thresholds: warning 11, critical 20, set by ada"], "loop": []}


async def test_the_default_thresholds_come_back_and_follow_the_settings(world: World) -> None:
    await world.run(INTERVAL)
    await world.desk.set_thresholds("memory", {Severity.WARNING: 16.0}, "ada")
    await world.desk.set_thresholds("memory", {}, "ada")
    assert world.desk.rules[0].threshold(Severity.WARNING) == 10.0
    assert world.disk.rows("SELECT * FROM thresholds") == []


async def test_a_threshold_that_is_the_configured_one_is_not_kept(world: World) -> None:
    await world.run(INTERVAL)
    both = {Severity.WARNING: 10.0, Severity.CRITICAL: 25.0}
    await world.desk.set_thresholds("memory", both, "ada")
    rows = world.disk.rows("SELECT severity, value FROM thresholds")
    assert [tuple(row) for row in rows] == [(Severity.CRITICAL, 25.0)]


async def test_a_rule_tells_how_it_stands(world: World) -> None:
    await world.run(2 * MINUTE)
    await world.breach("memory", 15.0, INTERVAL)
    rule_status = world.desk.rule_status("memory")
    assert rule_status
    assert (rule_status.pending, rule_status.severity, rule_status.changed) == (
        Severity.WARNING,
        Severity.WARNING,
        False,
    )
    await world.run(4 * MINUTE)
    await world.desk.silence("memory", HOUR, "ada")
    rule_status = world.desk.rule_status("memory")
    assert rule_status
    assert (rule_status.pending, rule_status.severity) == (None, Severity.WARNING)
    assert rule_status.incident
    assert rule_status.silence
    assert (rule_status.incident.id, rule_status.silence.by, rule_status.signal.value) == (
        1,
        "ada",
        15.0,
    )
    assert [one.id for one in world.desk.open] == [1]
    assert world.desk.rule_status("nothing") is None


async def test_the_first_acknowledgement_stays(world: World) -> None:
    await firing(world)
    await world.desk.acknowledge(1, "ada")
    again = await world.desk.acknowledge(1, "bob")
    assert again
    assert again.acked_by == "ada"


async def test_a_silence_that_is_lifted_is_off_the_card_at_once(world: World) -> None:
    await firing(world)
    await world.desk.silence("memory", HOUR, "ada")
    await world.desk.unsilence("memory")
    assert world.incidents[0].silenced_until == 0.0
    assert world.desk.silences == ()


async def test_the_local_log_tells_it_too(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "debugcog.alerts")
    await firing(world)
    await world.breach("memory", FINE, 10 * MINUTE)
    assert [record.getMessage() for record in caplog.records if "Alert" in record.msg] == [
        "Alert opened: incident 1, warning, Memory is 15",
        "Alert ended: incident 1, warning, Memory is 0",
    ]


async def test_the_local_log_tells_what_has_no_value_of_its_own(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "debugcog.alerts")
    unknown = "killed, or a fatal error without a trace"
    await firing(world)
    await world.breach("memory", MISSING, 2 * MINUTE)
    for _ in range(3):
        world.clock.pass_time(30.0)
        world.restart()
        await world.run(MINUTE)
    assert [record.getMessage() for record in caplog.records if "Alert" in record.msg] == [
        "Alert opened: incident 1, warning, Memory is 15",
        "Alert opened: incident 2, warning, No data for memory",
        f"Alert opened: incident 3, critical, Crash loop: 3 crashes, each: {unknown}",
    ]


async def test_a_test_alert_goes_the_way_of_a_real_one(world: World) -> None:
    await world.run(INTERVAL)
    await world.desk.test("ada")
    await world.run(INTERVAL)
    assert [message.now["title"] for message in world.discord.messages] == [
        "🔔 Test alert: alerts reach this channel"
    ]


async def test_the_desk_lists_open_incidents_first(world: World) -> None:
    await firing(world)
    await world.breach("memory", FINE, HOUR)
    await world.breach("memory", 15.0, 4 * MINUTE)
    await world.breach("memory", FINE, HOUR)
    assert [incident.id for incident in await world.desk.incidents()] == [2, 1]
    assert (await world.desk.incident(1)) == world.incidents[0]
    assert (await world.desk.incident(3)) is None


def test_a_moment_has_a_time_to_count_with_and_one_to_show() -> None:
    assert Timestamp(now=1.0, unix=2.0) == Timestamp(1.0, 2.0)
