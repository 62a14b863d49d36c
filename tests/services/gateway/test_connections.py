from __future__ import annotations

import pytest

from services.debugcog.answers.gateway import disconnect_rows
from services.debugcog.answers.gateway_verdict import Signs, Verdict, verdict
from services.debugcog.answers.published import Shard
from services.debugcog.gateway.close_codes import MEANINGS, meaning
from services.debugcog.gateway.connections import Cause, Connections, Disconnect
from services.debugcog.gateway.responses import Answered, RateLimit
from services.debugcog.gateway.vitals import InvalidRequests

NOW = 1_000_000.0
QUIET = Signs(
    shards=(Shard(0, 50.0, None), Shard(1, 60.0, None)),
    lost=(),
    limits=(),
    families={"channels": Answered(200, 0)},
    invalid=InvalidRequests(0),
    stalls=0,
)


def lost(shard: int, cause: Cause, code: int | None = None, ago: float = 0.0) -> Disconnect:
    return Disconnect(NOW - ago, shard, cause, code)


def signs(**changes: object) -> Signs:
    values = {name: getattr(QUIET, name) for name in Signs.__annotations__}
    return Signs(**{**values, **changes})


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (QUIET, Verdict("none", ())),
        (
            signs(families={"channels": Answered(100, 6), "guilds": Answered(10, 1)}),
            Verdict("discord", ("7 of 110 requests failed with a 5xx (channels, guilds)",)),
        ),
        (signs(families={"channels": Answered(1000, 6)}), Verdict("none", ())),
        (
            signs(lost=(lost(0, "closed", 1006), lost(1, "closed", 1006, ago=20))),
            Verdict("discord", ("all 2 shards lost their connections within a minute",)),
        ),
        (
            signs(lost=(lost(0, "closed", 1006), lost(1, "closed", 1006, ago=200))),
            Verdict("none", ()),
        ),
        (
            signs(lost=(lost(0, "closed", 4008),)),
            Verdict("bot", ("Discord closed for what the bot had sent (code 4008)",)),
        ),
        (
            signs(limits=(RateLimit(NOW, "global", "x", 1.0), RateLimit(NOW, "shared", "x", 1.0))),
            Verdict("bot", ("the bot ran into 1 rate limit of its own",)),
        ),
        (signs(limits=(RateLimit(NOW, "route", "x", 1.0),) * 4), Verdict("none", ())),
        (
            signs(limits=(RateLimit(NOW, "route", "x", 1.0),) * 5),
            Verdict("bot", ("the bot ran into 5 rate limits of its own",)),
        ),
        (
            signs(lost=(lost(0, "zombie"),), stalls=2),
            Verdict(
                "bot",
                ("there were 2 stalls of the event loop, and 1 heartbeat went unanswered",),
            ),
        ),
        (
            signs(shards=(Shard(0, 1500.0, None),)),
            Verdict("discord", ("latency is above 1 s on the gateway",)),
        ),
        (signs(shards=(Shard(0, 1500.0, None),), stalls=3), Verdict("none", ())),
        (
            signs(lost=(lost(0, "unreachable"),)),
            Verdict("both", ("1 attempt to connect failed: this machine's network, or Discord",)),
        ),
        (
            signs(invalid=InvalidRequests(3000)),
            Verdict("bot", ("3000 invalid requests in 10 minutes",)),
        ),
    ],
)
def test_whose_trouble_it_looks_like(seen: Signs, found: Verdict) -> None:
    said = verdict(seen)
    assert (said.side, tuple(one.replace(",000", "000") for one in said.evidence)) == (
        found.side,
        found.evidence,
    )


@pytest.mark.parametrize("code", [*MEANINGS, 4321, None])
def test_each_close_code_has_a_meaning_and_a_fatal_one_a_fix(code: int | None) -> None:
    found = meaning(code)
    assert found.text
    assert found.fix or not found.fatal


def test_the_codes_that_end_a_bot_are_those_of_discords_documentation() -> None:
    fatal = {code for code, found in MEANINGS.items() if found.fatal}
    assert fatal == {4004, 4010, 4011, 4012, 4013, 4014}


def test_reasons_are_counted_and_a_fatal_one_stands_first() -> None:
    rows = disconnect_rows(
        [lost(0, "reconnect"), lost(3, "reconnect", ago=5), lost(1, "closed", 4014, ago=9)]
    )
    assert [(row.count, row.code, row.fatal, row.shards, row.last) for row in rows] == [
        (1, 4014, True, (1,), NOW - 9),
        (2, None, False, (0, 3), NOW),
    ]


def test_events_are_told_by_the_minute_and_for_long_windows_by_the_hour() -> None:
    now = NOW

    def clock() -> float:
        return now

    connections = Connections(clock)
    for _ in range(180):
        connections.event("MESSAGE_CREATE")
        now += 60.5
        connections.turn()
    counts, seconds = connections.events(300)
    assert (counts["MESSAGE_CREATE"], round(seconds)) == (4, 242)
    counts, seconds = connections.events(86_400)
    assert (counts["MESSAGE_CREATE"], round(seconds)) == (180, 10_890)
