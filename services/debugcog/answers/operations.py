"""Run, event loop, gateway, Discord's limits, delivery and own cost → Operations."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence

from services.debugcog.alerting.crash import Crash
from services.debugcog.alerting.rule_status import watching
from services.debugcog.answers.figure import Figure, severity_of
from services.debugcog.answers.published import Published
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.gateway.vitals import severity_of_invalid, severity_of_starts
from services.debugcog.outbox.undelivered import summary
from services.debugcog.timeseries.snapshot import Snapshot

LAG = "event_loop_lag_ms"
SINCE_YESTERDAY = 86_400.0
DELIVERY_SECONDS = 2.0
"""For which the state file is waited for; then it is said without."""


@frozen
class Crashes:
    """Crashes of the last 24 hours: how many, and the unix seconds of the last one."""

    count: Figure
    last: float | None


@frozen
class EventLoop:
    """How late the event loop is, in ms, with the rule's mark, and its stalls in the window."""

    p99: Figure
    stalls: Figure


@frozen
class Gateway:
    """Connections to Discord: how many are there, of how many."""

    connected: Figure
    shards: Figure


@frozen
class Limits:
    """Limits of Discord's; no value where they are not known.

    Attributes:
        identifies: session starts that are left today.
        identifies_of: of how many.
        invalid: refused requests of the last 10 minutes.
        invalid_of: beyond which Discord bans the address for a while.
    """

    identifies: Figure
    identifies_of: Figure
    invalid: Figure
    invalid_of: Figure


@frozen
class Delivery:
    """Posts to the alert channel.

    Attributes:
        waiting: posts that wait; no value without a channel, or where it could not be read.
        given_up: posts of the last day that were refused for good.
        trouble: in a few words, that something cannot go out; empty when all can.
    """

    waiting: Figure
    given_up: Figure
    trouble: str


@frozen
class Cost:
    """What the cog itself takes, as far as it is measured; see ``process.own_cost``.

    Attributes:
        cpu: percent of one processor, since it was started.
        loop: percent of the time for which its ticks held the event loop.
        memory: MB by which the process grew while the cog was starting.
    """

    cpu: Figure
    loop: Figure
    memory: Figure


@frozen
class Operations:
    """What stands behind the figures of a bot: its run, its connections, and the cog."""

    crashes: Crashes
    event_loop: EventLoop
    gateway: Gateway
    limits: Limits
    delivery: Delivery
    cost: Cost


UNKNOWN_LIMITS = Limits(*(Figure(None),) * 4)


async def operations(
    sources: Sources,
    published: Published,
    snapshot: Snapshot,
    seconds: float,
    crashes: Sequence[Crash] | None,
) -> Operations:
    """Answer; what cannot be read has no value.

    Args:
        sources: of the figures.
        published: by the bot's thread.
        snapshot: of the window.
        seconds: of the window.
        crashes: the last ones, the latest first; None where they could not be read.
    """
    now, shards = sources.clock(), published.shards
    recent = [one for one in crashes or () if one.last_beat > now - SINCE_YESTERDAY]
    lag = snapshot.series[LAG]
    return Operations(
        crashes=Crashes(
            count=Figure(None if crashes is None else len(recent)),
            last=recent[0].last_beat if recent else None,
        ),
        event_loop=EventLoop(
            p99=Figure(
                lag.p99 if lag.count else None,
                "ms",
                severity_of(watching(published.rules, "event_loop")),
            ),
            stalls=Figure(sources.stalls(seconds).count),
        ),
        gateway=Gateway(
            connected=Figure(sum(one.down_seconds is None for one in shards)),
            shards=Figure(len(shards)),
        ),
        limits=_limits(sources),
        delivery=await _delivery(sources, now),
        cost=await _cost(sources),
    )


def _limits(sources: Sources) -> Limits:
    vitals = sources.vitals
    if vitals is None:
        return UNKNOWN_LIMITS
    starts, invalid = vitals.known_session_starts(), vitals.invalid_requests()
    return Limits(
        identifies=Figure(starts.left if starts else None, "", severity_of_starts(starts)),
        identifies_of=Figure(starts.total if starts else None),
        invalid=Figure(
            invalid.count if invalid.is_seen else None, "", severity_of_invalid(invalid)
        ),
        invalid_of=Figure(invalid.limit),
    )


async def _delivery(sources: Sources, now: float) -> Delivery:
    condition = None
    if sources.delivery is not None:
        with contextlib.suppress(sqlite3.Error, RuntimeError, TimeoutError):
            async with asyncio.timeout(DELIVERY_SECONDS):
                condition = await sources.delivery()
    if condition is None:
        return Delivery(Figure(None), Figure(None), "")
    backlog = condition.backlog
    return Delivery(Figure(backlog.waiting), Figure(backlog.dead), summary(condition, now))


async def _cost(sources: Sources) -> Cost:
    if sources.cost is None:
        return Cost(Figure(None), Figure(None), Figure(None))
    cost = await sources.off_loop(sources.cost)
    loop = 100 * cost.loop / cost.seconds if cost.seconds > 0 else None
    return Cost(Figure(cost.percent, "%"), Figure(loop, "%"), Figure(cost.memory_mb, "MB"))
