"""Log of Discord's HTTP answers: rate limits, refusals, errors of servers; bounded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Literal

from services.debugcog.frozen import frozen
from services.debugcog.gateway.routes import (
    channel_of,
    family_of,
    guild_of,
    member_of,
    role_of,
    route_of,
)
from services.debugcog.gateway.vitals import INVALID_SECONDS

Owner = Literal["route", "global", "shared", "cloudflare"]

LIMITS_KEPT = 500
REFUSALS_KEPT = 100
TEN, MINUTE = 10.0, 60.0
MINUTES_KEPT = 60
INVALID = (401, 403, 429)
MISSING_PERMISSIONS = (50001, 50013)
RETRY_MAX = 86_400.0


@frozen
class Response:
    """One answer of Discord's REST API, as the wire had it.

    Attributes:
        status: of HTTP.
        method: of the request.
        path: of the request, with ids and tokens; it is not kept.
        scope: ``X-RateLimit-Scope``, or ``global`` where the answer says so; empty without one.
        retry_after: seconds; None where the answer tells none.
        is_discords: False of a page that something in front of Discord answers with.
        code: Discord's code of an error; 0 without one.
        date: ``Date`` of the answer; empty without one.
    """

    status: int
    method: str
    path: str
    scope: str = ""
    retry_after: float | None = None
    is_discords: bool = True
    code: int = 0
    date: str = ""


@frozen
class RateLimit:
    """One 429.

    Attributes:
        at: unix seconds.
        owner: whose limit it is: of the route, of the whole bot, shared by everybody, or
            Cloudflare's of this IP address.
        route: with its method, without ids.
        seconds: that Discord asked to wait; None where it did not say.
    """

    at: float
    owner: Owner
    route: str
    seconds: float | None


@frozen
class Refusal:
    """One request that the bot lacks a permission for.

    Attributes:
        at: unix seconds.
        code: 50013, or 50001 where the bot may not even see it.
        route: with its method, without ids.
        channel_id: None where it is not about one.
        guild_id: None where the path names none.
        member_id: who was to be changed; None where it is not about one.
        role_id: that was to be given, taken or changed; None where it is not about one.
    """

    at: float
    code: int
    route: str
    channel_id: int | None
    guild_id: int | None = None
    member_id: int | None = None
    role_id: int | None = None


@frozen
class Answered:
    """How many answers a family of routes has given, and how many of them were 5xx."""

    total: int
    failed: int


class Responses:
    """What Discord answers; written by the thread of a client, read by any.

    Args:
        clock: unix seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.is_seen = False
        self._limits: deque[RateLimit] = deque(maxlen=LIMITS_KEPT)
        self._refusals: deque[Refusal] = deque(maxlen=REFUSALS_KEPT)
        self._invalid: deque[list[float]] = deque(maxlen=round(INVALID_SECONDS / TEN) + 1)
        self._minutes: deque[tuple[float, dict[str, list[int]]]] = deque(maxlen=MINUTES_KEPT)
        self._date = ("", 0.0)

    def add(self, response: Response) -> None:
        """Note an answer."""
        now = self._clock()
        if response.date:
            self._date = (response.date, now)
        if response.status in INVALID and response.scope != "shared":
            self._add_invalid(now)
        if response.status == 429:
            seconds = response.retry_after
            shown = None if seconds is None else min(max(seconds, 0.0), RETRY_MAX)
            self._limits.append(RateLimit(now, _owner(response), _route(response), shown))
        elif response.code in MISSING_PERMISSIONS:
            found = (of(response.path) for of in (channel_of, guild_of, member_of, role_of))
            self._refusals.append(Refusal(now, response.code, _route(response), *found))
        self._count(now, family_of(response.path), response.status >= 500)

    def invalid(self) -> int:
        """Count the invalid requests of the last 10 minutes."""
        now = self._clock()
        return round(sum(count for at, count in tuple(self._invalid) if now - at < INVALID_SECONDS))

    def limits(self, since: float) -> tuple[RateLimit, ...]:
        """List the rate limits from a time on, newest first."""
        return tuple(one for one in reversed(tuple(self._limits)) if one.at >= since)

    def refusals(self, since: float) -> tuple[Refusal, ...]:
        """List what the bot was refused from a time on, newest first."""
        return tuple(one for one in reversed(tuple(self._refusals)) if one.at >= since)

    def families(self, seconds: float) -> Mapping[str, Answered]:
        """Count the answers of the last so many seconds, an hour at most, by family of routes."""
        now, total = self._clock(), dict[str, list[int]]()
        for at, families in list(self._minutes):
            if at >= now - seconds - MINUTE:
                for family, (count, failed) in list(families.items()):
                    sums = total.setdefault(family, [0, 0])
                    sums[0] += count
                    sums[1] += failed
        return {family: Answered(*sums) for family, sums in total.items()}

    @property
    def date(self) -> tuple[str, float]:
        """Return the latest ``Date`` of Discord, and when it came, in unix seconds."""
        return self._date

    def _add_invalid(self, now: float) -> None:
        if not self._invalid or now - self._invalid[-1][0] >= TEN:
            self._invalid.append([now, 0])
        self._invalid[-1][1] += 1

    def _count(self, now: float, family: str, failed: bool) -> None:
        if not self._minutes or now - self._minutes[-1][0] >= MINUTE:
            self._minutes.append((now, {}))
        families = self._minutes[-1][1]
        sums = families.setdefault(family, [0, 0])
        sums[0] += 1
        sums[1] += failed


def _route(response: Response) -> str:
    return f"{response.method} {route_of(response.path)}"


def _owner(response: Response) -> Owner:
    if not response.is_discords:
        return "cloudflare"
    if response.scope == "global":
        return "global"
    return "shared" if response.scope == "shared" else "route"
