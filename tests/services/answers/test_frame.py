from __future__ import annotations

from dataclasses import replace

from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.frame import StallNow, frame
from services.debugcog.answers.published import Shard
from services.debugcog.stalls.stall import Stall
from services.debugcog.version import __version__
from tests.services.answers.world import START, World, published

INCIDENT = Incident(
    rule="response_time",
    title="Response time",
    unit="ms",
    severity=Severity.WARNING,
    peak=Severity.CRITICAL,
    value=4200.0,
    worst=6100.0,
    warning=3000.0,
    critical=5000.0,
    since=START - 600,
    opened=START - 480,
    id=7,
    acked=Severity.WARNING,
    acked_by="<@42>",
    acked_at=START - 60,
)


async def test_the_frame_of_a_bot_that_is_well(bot: World) -> None:
    bot.clock.turn(3)
    answer = frame(replace(bot.sources, release="2.1"), published())
    assert (answer.name, answer.version, answer.release) == ("Testbot", __version__, "2.1")
    assert (answer.taken_at, answer.age) == (START, 3.0)
    assert (answer.stall, answer.gateway_down, answer.alerts, answer.troubles) == (
        None,
        None,
        (),
        (),
    )


async def test_it_tells_what_blocks_the_loop_now(bot: World) -> None:
    stall = Stall(
        START, 3.9, "fetch", "cogs/chat.py", 63, "`time.sleep`", "cogs/chat.py:63 in f", "tts"
    )
    answer = frame(replace(bot.sources, stalled=lambda: stall), published())
    assert answer.stall == StallNow(
        3.9, "cogs/chat.py:63 in f", "fetch", "cogs/chat.py:63", "tts", "`time.sleep`"
    )


async def test_it_tells_how_long_the_gateway_is_away_and_what_keeps_alerts(bot: World) -> None:
    shards = (Shard(0, None, 12.5), Shard(1, 40.0, None), Shard(2, None, 90.0))
    answer = frame(bot.sources, published(shards=shards, troubles=("No rule is evaluated.",)))
    assert answer.gateway_down == 90.0
    assert answer.troubles == ("No rule is evaluated.",)


async def test_open_alerts_stand_in_it_the_worst_first(bot: World) -> None:
    critical = replace(
        INCIDENT, id=9, severity=Severity.CRITICAL, acked=Severity.OK, silenced_until=START + 60
    )
    answer = frame(bot.sources, published(incidents=(INCIDENT, critical)))
    shown = [
        (one.id, one.mark, one.text, one.acknowledged_by, one.silenced) for one in answer.alerts
    ]
    assert shown == [
        (9, "🔴", "4.2 s (limit 5 s)", "", True),
        (7, "⚠️", "4.2 s (limit 3 s)", "<@42>", False),
    ]
    named = frame(bot.sources, published(incidents=(INCIDENT,), people={"<@42>": "@ada"}))
    assert named.alerts[0].acknowledged_by == "@ada"
    assert answer.alerts[1].since == START - 600
    assert answer.alerts[1].lasted.text == "10 min"
