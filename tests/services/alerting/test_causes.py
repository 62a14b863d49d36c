"""What is measured to be behind an incident: the part that grew, and the groups of errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest

from cogs.debug.app.state_tables import SCHEMAS
from services.debugcog.alerting.causes import (
    RelatedError,
    SlowPart,
    related_errors,
    slowest_part,
)
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.states import Timing
from services.debugcog.errors import posts, tables
from services.debugcog.errors.error_buffer import Tally
from services.debugcog.errors.identity import Identity
from services.debugcog.errors.records import Context, ErrorEvent, ErrorGroup
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from services.debugcog.timeseries.snapshot import Summary
from tests.alert_world import FINE, INTERVAL, Disk, World
from tests.clock import Clock

MINUTE = 60.0
START = 1_800_000_000.0
WHERE = "chat.py:63 in ask"


def metrics(clock: Clock, before: Mapping[str, float], now: Mapping[str, float]) -> MetricsService:
    """Record an hour with some averages, then five minutes with others."""
    service = MetricsService(clock=clock, fold_interval=None)
    for values, minutes in ((before, 55), (now, 5)):
        for _ in range(minutes):
            for name, value in values.items():
                service.record(name, value)
                service.record(name, value)
            service.fold(clock())
            clock.now += MINUTE
    return service


def test_the_part_that_grew_most_against_its_baseline_is_named() -> None:
    before = {"llm_generation": 800.0, "tts_generation": 3000.0, "command": 100.0}
    now = {"llm_generation": 4200.0, "tts_generation": 3100.0, "command": 900.0}
    service = metrics(Clock(START), before, now)
    assert slowest_part(service, 4 * MINUTE, 120.0) == SlowPart("LLM", 4200.0, 800.0)
    left = slowest_part(service, 4 * MINUTE, 120.0, leave_out=("llm_generation",))
    assert left == SlowPart("Commands", 900.0, 100.0)


def test_a_part_that_was_always_slow_explains_nothing() -> None:
    same = {"llm_generation": 800.0, "tts_generation": 3000.0}
    assert slowest_part(metrics(Clock(START), same, same), 4 * MINUTE, 1.0) is None


def test_without_a_baseline_the_slowest_part_is_named_alone() -> None:
    now = {"llm_generation": 4200.0, "tts_generation": 900.0}
    service = metrics(Clock(START), {}, now)
    assert slowest_part(service, 4 * MINUTE, 1.0) == SlowPart("LLM", 4200.0, None)
    assert slowest_part(service, 4 * MINUTE, 1.0, whole=5000.0) == SlowPart("LLM", 4200.0, None)
    assert slowest_part(service, 4 * MINUTE, 1.0, whole=9000.0) is None, "it is not half of it"
    assert slowest_part(metrics(Clock(START), {}, {}), 4 * MINUTE, 1.0) is None


class Asked:
    """Metrics that have nothing, and note what they are asked."""

    windows: list[float]

    def summaries(
        self, names: Collection[str], window: float, *, percentiles: bool
    ) -> Mapping[str, Summary]:
        self.windows.append(window)
        return {name: Summary() for name in names}


def test_the_baseline_is_the_hour_before_the_breach_began() -> None:
    asked = Asked()
    asked.windows = []
    slowest_part(asked, 300.0, 120.0)
    assert asked.windows == [300.0, 420.0, 4020.0]


def group(number: int, count: int, last_seen: float) -> ErrorGroup:
    fingerprint = f"{number:08x}" + "0" * 56
    event = ErrorEvent(
        *(
            f"E-{number:06}",
            last_seen,
            "app.LlmError",
            "503 from provider",
            "",
            "chat.py:63 in ask",
        ),
        *(fingerprint, Context(), "", ()),
    )
    return ErrorGroup(
        *(fingerprint, "app.LlmError", "chat.py:63 in ask", START, last_seen),
        count=count,
        hours=((int(last_seen // 3600), count),),
        event=event,
    )


def test_related_errors_are_those_seen_since_then_the_most_frequent_first() -> None:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    for schema in SCHEMAS:
        connection.executescript(schema)
    groups = [group(number, 10 * number, START + 1800) for number in range(1, 5)]
    old = group(9, 1000, START - 60)
    for one in (*groups, old):
        assert one.event
        tables.add_event(connection, one.event)
        tables.save_group(connection, one)
    tables.save_group(connection, replace(group(5, 50, START + 1800), event=None))
    found = related_errors(connection, START, START + 1800)
    later = related_errors(connection, START - 120, START - 30)
    connection.close()
    assert later == (), "these began after that, and the old one was seen before"
    assert found == (
        RelatedError("00000005", "LlmError", 50),
        RelatedError("00000004", "LlmError: 503 from provider", 40),
        RelatedError("00000003", "LlmError: 503 from provider", 30),
    )


def test_a_new_group_is_found_among_many_that_had_more_errors_in_former_days() -> None:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    for schema in SCHEMAS:
        connection.executescript(schema)
    day = 86_400.0
    for number in range(1, 40):
        long = replace(group(number, 10, START), first_seen=START - day, count=9_000 + number)
        tables.save_group(connection, replace(long, hours=(*long.hours, (1, 9_000)), event=None))
    tables.save_group(connection, replace(group(99, 50, START), event=None))
    found = related_errors(connection, START - 60, None, 1)
    connection.close()
    assert found == (RelatedError("00000063", "LlmError", 50),)


def fail(world: World, number: int, times: int) -> None:
    now = world.clock.unix
    tally = Tally(Identity(f"{number:064x}", f"app.Error{number}", WHERE), now, now, times)
    world.disk._run(lambda connection: posts.record(connection, [tally], [], "1", now))


async def test_an_incident_lists_the_errors_from_its_beginning_to_its_end() -> None:
    world = World()

    async def listed() -> list[tuple[str, int]]:
        found = await world.desk.related_errors(world.incidents[0])
        return [(one.title, one.count) for one in found]

    fail(world, 1, 300)
    await world.run(20 * MINUTE)
    await world.breach("memory", 25.0, 2 * MINUTE)
    fail(world, 1, 1)
    fail(world, 2, 20)
    assert await listed() == [("Error2", 20), ("Error1", 1)]
    await world.run(4 * 60 * MINUTE)
    fail(world, 2, 1)
    assert await listed() == [("Error2", 21), ("Error1", 1)]
    await world.breach("memory", FINE, 20 * 60 * MINUTE)
    fail(world, 2, 5)
    fail(world, 3, 50)
    assert await listed() == [("Error2", 21), ("Error1", 1)]


async def test_the_card_of_the_error_rate_follows_its_errors_while_the_rate_stands_still() -> None:
    world = World(("error_rate",))
    await world.run(120)

    async def counts(seconds: float) -> list[int]:
        for _ in range(round(seconds / INTERVAL)):
            fail(world, 1, 1)
            await world.breach("error_rate", 15.0, INTERVAL)
        return [error.count for error in world.incidents[0].errors]

    def changes() -> int:
        sql = "SELECT COUNT(*) AS edits FROM outbox WHERE subject = 'incident:1' AND kind = 'edit'"
        return int(world.disk.rows(sql)[0]["edits"])

    assert await counts(4 * MINUTE) == [7]
    assert await counts(10 * MINUTE) == [27]
    assert changes() == 11, "one in two ticks, which is a minute"
    assert await counts(120 * MINUTE) == [113]
    assert changes() < 60, "an old card is edited when a count gets a digit"
    before = changes()
    await world.breach("error_rate", 15.0, 60 * MINUTE)
    assert changes() == before
    await world.breach("error_rate", FINE, 20 * MINUTE)
    assert [error.count for error in world.incidents[0].errors] == [268]


async def test_an_incident_keeps_what_happened_to_it_and_who_did_what_after_its_end() -> None:
    world = World()
    await world.run(120)
    await world.breach("memory", 25.0, 4 * MINUTE)
    await world.desk.acknowledge(1, "<@22>")
    await world.breach("memory", FINE, 20 * MINUTE)
    (incident,) = world.incidents
    assert (incident.acked_by, incident.state) == ("<@22>", "ended")
    assert [event.text for event in incident.history] == [
        *("Critical: 25 (limit 20)", "Acknowledged by <@22>", "Resolved: recovered"),
    ]


async def test_a_reopened_incident_is_acknowledged_by_nobody() -> None:
    world = World()
    await world.run(120)
    await world.breach("memory", 25.0, 4 * MINUTE)
    await world.desk.acknowledge(1, "<@22>")
    await world.breach("memory", FINE, 6 * MINUTE)
    await world.breach("memory", 25.0, 4 * MINUTE)
    (incident,) = world.incidents
    assert (incident.state, incident.reopened, incident.acked_by) == ("firing", 1, "")


async def test_the_slowest_part_is_that_of_the_worst_moment_also_when_it_recovers() -> None:
    clock = Clock(START)
    service = MetricsService(clock=clock, fold_interval=None)
    rule = next(one for one in default_rules(Settings()) if one.name == "response_time")
    evaluator = Evaluator(
        Disk(), service, (rule,), interval=30.0, timing=Timing(), unix=clock, monotonic=clock
    )
    evaluator.load()
    seen: list[tuple[float, float]] = []
    for seconds in (*[1.0] * 120, *[6.0] * 20, *[9.0] * 30, *[4.0] * 30, *[1.0] * 40):
        for _ in range(5):
            service.record("total_response_time", 1000 * seconds)
            service.record("llm_generation", 800 * seconds)
        service.fold()
        clock.turn(30)
        await evaluator.tick()
        incident = evaluator.rule_states["response_time"].incident
        if incident and incident.slowest:
            seen.append((incident.worst, incident.slowest.now))
    assert incident
    assert (incident.state, incident.worst) == ("ended", 9000.0)
    assert incident.slowest == SlowPart("LLM", 7200.0, 800.0)
    assert all(now == pytest.approx(0.8 * worst) for worst, now in seen)
    assert len({worst for worst, _ in seen}) > 5, "it follows while the value grows"
