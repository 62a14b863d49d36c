"""What was seen of Discord lately → whether trouble looks like Discord's or like the bot's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.published import Shard
from services.debugcog.frozen import frozen
from services.debugcog.gateway.connections import Disconnect
from services.debugcog.gateway.responses import Answered, RateLimit
from services.debugcog.gateway.vitals import InvalidRequests, severity_of_invalid
from services.debugcog.wording import counted, noun

Side = Literal["discord", "bot", "both", "none"]

SIDES: dict[Side, tuple[str, str]] = {
    "discord": ("🔴", "Looks like Discord"),
    "bot": ("⚠️", "Looks like the bot"),
    "both": ("⚠️", "May be the bot or Discord"),
    "none": ("✅", "No trouble in the last 15 minutes, here or at Discord"),
}

FAILED_MIN, FAILED_SHARE = 5, 0.05
TOGETHER_SECONDS = 60.0
LATENCY_MS = 1000.0
SENT_WRONG = (4001, 4002, 4003, 4004, 4005, 4008, 4010, 4011, 4012, 4013, 4014)
"""Close codes that speak of what the bot has sent."""
OURS, HARD = ("route", "global", "cloudflare"), ("global", "cloudflare")
LIMITS_MIN = 5
"""Rate limits of routes that count as trouble: discord.py waits for the end of each by itself."""


@frozen
class Signs:
    """What is looked at, of the last minutes.

    Attributes:
        shards: as they are now.
        lost: connections, newest first.
        limits: 429s.
        families: answers of the REST API, by family of routes.
        invalid: requests.
        stalls: of the event loop.
    """

    shards: tuple[Shard, ...]
    lost: tuple[Disconnect, ...]
    limits: tuple[RateLimit, ...]
    families: Mapping[str, Answered]
    invalid: InvalidRequests
    stalls: int


@frozen
class Verdict:
    """Whose trouble it looks like, with the evidence in sentences."""

    side: Side
    evidence: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Return the sign of it."""
        return SIDES[self.side][0]

    @property
    def text(self) -> str:
        """Say whose trouble it looks like, without the evidence."""
        return SIDES[self.side][1]


def verdict(signs: Signs) -> Verdict:
    """Judge by all signs whose trouble it looks like."""
    discord, bot, either = (tuple(find(signs)) for find in (_discords, _bots, _eithers))
    side: Side = "discord" if discord else "bot" if bot else "none"
    if either or (discord and bot):
        side = "both"
    return Verdict(side, discord + bot + either)


def _discords(signs: Signs) -> Iterator[str]:
    total = sum(one.total for one in signs.families.values())
    failed = sum(one.failed for one in signs.families.values())
    if failed >= FAILED_MIN and failed >= FAILED_SHARE * total:
        where = ", ".join(sorted(name for name, one in signs.families.items() if one.failed)[:5])
        yield f"{failed:,} of {counted(total, 'request')} failed with a 5xx ({where})"
    ids = {one.id for one in signs.shards}
    lost = [one for one in signs.lost if one.cause not in ("ours", "unreachable")]
    newest = lost[0].at if lost else 0.0
    together = {one.shard for one in lost if newest - one.at <= TOGETHER_SECONDS}
    if len(ids) > 1 and ids <= together:
        yield f"all {len(ids)} shards lost their connections within a minute"
    ended = sum(one.cause in ("invalid", "silent") for one in signs.lost)
    if ended >= 2:
        yield f"Discord ended or left {counted(ended, 'session')}"
    slow = [one for one in signs.shards if (one.latency_ms or 0.0) > LATENCY_MS]
    if slow and len(slow) == len(signs.shards) and not signs.stalls:
        yield f"latency is above 1 s on {'all shards' if len(slow) > 1 else 'the gateway'}"


def _bots(signs: Signs) -> Iterator[str]:
    codes = sorted({one.code for one in signs.lost if one.code in SENT_WRONG})
    if codes:
        shown = ", ".join(map(str, codes))
        yield f"Discord closed for what the bot had sent (code {shown})"
    limits = sum(one.owner in OURS for one in signs.limits)
    if limits >= LIMITS_MIN or any(one.owner in HARD for one in signs.limits):
        yield f"the bot ran into {counted(limits, 'rate limit')} of its own"
    if severity_of_invalid(signs.invalid) not in (None, Severity.OK):
        yield f"{counted(signs.invalid.count, 'invalid request')} in 10 minutes"
    zombies = sum(one.cause == "zombie" for one in signs.lost)
    if zombies and signs.stalls:
        were = noun(signs.stalls, "was", "were")
        yield (
            f"there {were} {counted(signs.stalls, 'stall')} of the event loop, and "
            f"{counted(zombies, 'heartbeat')} went unanswered"
        )


def _eithers(signs: Signs) -> Iterator[str]:
    failed = sum(one.cause == "unreachable" for one in signs.lost)
    if failed:
        yield f"{counted(failed, 'attempt')} to connect failed: this machine's network, or Discord"
