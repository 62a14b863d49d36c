from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.health import Health, Reason
from services.debugcog.answers.overview import OverviewAnswer, overview
from services.debugcog.answers.published import Published, Shard
from services.debugcog.gateway.vitals import InvalidRequests, SessionStarts
from services.debugcog.outbox.records import Backlog, Condition
from services.debugcog.process.own_cost import OwnCost
from tests.services.answers.test_frame import INCIDENT
from tests.services.answers.world import RULES, START, World, published, reading

ERRORS = replace(
    INCIDENT, id=8, rule="error_rate", title="Error rate", unit="%", severity=Severity.CRITICAL,
    value=7.0, warning=2.0, critical=5.0, since=START - 60,
)  # fmt: skip


class Vitals:
    """Discord's limits, as a bot in trouble has them."""

    def __init__(self, left: int | None = 1000, invalid: int = 0, *, is_seen: bool = True) -> None:
        self._left = left
        self._invalid = InvalidRequests(invalid, is_seen=is_seen)

    async def session_starts(self) -> SessionStarts | None:
        return self.known_session_starts()

    def known_session_starts(self) -> SessionStarts | None:
        return None if self._left is None else SessionStarts(1000, self._left, START, START)

    def invalid_requests(self) -> InvalidRequests:
        return self._invalid


async def answer(bot: World, told: Published, **sources: object) -> OverviewAnswer:
    return await overview(replace(bot.sources, **sources), told, "1h")  # type: ignore[arg-type]  # named by the tests


async def test_a_quiet_bot_is_well(bot: World) -> None:
    told = await answer(bot, published(), vitals=Vitals())

    assert told.health == Health(Severity.OK, "All is well: nothing is out of bounds.", ())


async def test_a_bot_without_metrics_is_not_watched(bot: World) -> None:
    told = await answer(bot, published(), enabled=False)

    assert told.health == Health(None, "Nothing is watched: metrics are off.", ())


async def test_the_worst_incident_is_in_the_sentence_and_the_oldest_of_each_kind_first(
    bot: World,
) -> None:
    older = replace(ERRORS, id=9, title="Queue", since=START - 900)

    told = await answer(bot, published(incidents=(INCIDENT, ERRORS, older)))

    assert told.health == Health(
        Severity.CRITICAL,
        "In trouble: Queue 7% (limit 5%), and 2 more.",
        (
            Reason(Severity.CRITICAL, "Queue 7% (limit 5%)", START - 900),
            Reason(Severity.CRITICAL, "Error rate 7% (limit 5%)", START - 60),
            Reason(Severity.WARNING, "Response time 4.2 s (limit 3 s)", START - 600),
        ),
    )


async def test_an_incident_that_recovers_is_told_as_that(bot: World) -> None:
    fine = replace(ERRORS, value=3.0, state="recovering")

    told = await answer(bot, published(incidents=(fine,)))

    assert told.health.sentence == "In trouble: Error rate 3% (limit 5%), recovering."


async def test_what_is_about_to_fire_needs_a_look(bot: World) -> None:
    rules = {**RULES, "memory": reading("memory", 1700.0)}

    told = await answer(bot, published(rules=rules))

    assert told.health.sentence == "Needs a look: Memory 1.66 GB, about to fire."


@pytest.mark.parametrize(
    ("shards", "severity", "text"),
    [
        ((Shard(None, None, 12.0),), Severity.CRITICAL, "no connection to Discord"),
        (
            (Shard(0, 40.0, None), Shard(1, None, 12.0)),
            Severity.WARNING,
            "1 of 2 shards not connected",
        ),
    ],
)
async def test_shards_that_are_away_are_told_at_once(
    bot: World, shards: tuple[Shard, ...], severity: Severity, text: str
) -> None:
    told = await answer(bot, published(shards=shards))

    assert told.health.reasons == (Reason(severity, text, START - 12.0),)


async def test_an_incident_of_the_gateway_is_told_once(bot: World) -> None:
    away = replace(INCIDENT, rule="gateway", title="Gateway")

    told = await answer(bot, published(shards=(Shard(None, None, 90.0),), incidents=(away,)))

    assert [one.text for one in told.health.reasons] == ["Gateway 4.2 s (limit 3 s)"]


async def test_limits_of_discord_are_told_before_they_are_reached(bot: World) -> None:
    told = await answer(bot, published(), vitals=Vitals(left=40, invalid=2_500))

    assert told.health.reasons == (
        Reason(Severity.CRITICAL, "40 session starts left"),
        Reason(Severity.WARNING, "2,500 of 10,000 invalid requests"),
    )
    limits = told.operations.limits
    assert (limits.identifies.mark, limits.invalid.mark) == ("🔴", "⚠️")


async def test_limits_that_are_not_known_are_a_dash_and_no_trouble(bot: World) -> None:
    told = await answer(bot, published(), vitals=Vitals(left=None, is_seen=False))

    limits = told.operations.limits
    assert (limits.identifies.text, limits.invalid.text, told.health.reasons) == ("–", "–", ())  # noqa: RUF001 - the dash


async def test_crashes_since_yesterday_need_a_look(bot: World) -> None:
    def crashed(connection: sqlite3.Connection) -> None:
        runs = [(START - 90_000, START - 88_000), (START - 9_000, START - 7_000)]
        for started, beat in (*runs, (START, START)):
            connection.execute(
                "INSERT INTO runs (started, beat, line) VALUES (?, ?, ?)", (started, beat, beat)
            )

    await bot.database.run(crashed)
    told = await answer(bot, published())

    assert told.health.sentence == "Needs a look: 1 crash since yesterday."
    assert told.health.reasons[0].since == START - 7_000
    assert (told.operations.crashes.count.value, told.operations.crashes.last) == (
        1,
        START - 7_000,
    )


async def test_alerts_that_cannot_go_out_need_a_look(bot: World) -> None:
    async def condition() -> Condition:
        return Condition(1, None, None, 5.0, None, Backlog(waiting=3, oldest=START - 60, dead=1))

    told = await answer(bot, published(), delivery=condition)

    assert told.health.sentence == "Needs a look: 4 posts not delivered."
    assert told.operations.delivery.waiting.value == 3


async def test_troubles_of_the_cog_are_told_as_they_are(bot: World) -> None:
    told = await answer(bot, published(troubles=("Rule `queue` fails: `KeyError`.",)))

    assert told.health == Health(
        Severity.WARNING,
        "Needs a look: Rule queue fails: KeyError.",
        (Reason(Severity.WARNING, "Rule `queue` fails: `KeyError`.", has_code=True),),
    )


async def test_a_state_file_that_is_closed_costs_crashes_and_delivery_only(bot: World) -> None:
    async def condition() -> Condition:
        raise sqlite3.OperationalError("closed")

    bot.database.close()
    told = await answer(bot, published(), delivery=condition)

    assert told.operations.crashes.count.text == "–"  # noqa: RUF001 - the dash
    assert told.operations.delivery.waiting.value is None
    assert told.health.severity is Severity.OK


async def test_the_cogs_own_cost_is_told_as_measured(bot: World) -> None:
    told = await answer(bot, published(), cost=lambda: OwnCost(200.0, 1.0, 0.5, 9.5))

    cost = told.operations.cost
    assert [one.text for one in (cost.cpu, cost.loop, cost.memory)] == ["0.75%", "0.25%", "9.5 MB"]
