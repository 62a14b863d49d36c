"""Log of the gateway's connections, and counts of its events, kept in memory within bounds."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from services.debugcog.frozen import frozen

Cause = Literal["closed", "reconnect", "invalid", "zombie", "silent", "unreachable", "ours"]
Start = Literal["identify", "resume"]

DISCONNECTS_KEPT = 500
STARTS_KEPT = 1000
TYPES_MAX = 80
"""Types of events that are counted apart; Discord has about as many."""
OTHER = "other"
MINUTE, HOUR = 60.0, 3600.0
MINUTES_KEPT, HOURS_KEPT = 60, 168


@frozen
class Disconnect:
    """One lost connection, or an attempt to connect that failed.

    Attributes:
        at: unix seconds.
        shard: None of a bot without shards.
        cause: ``closed`` by Discord or the network, with a code; ``reconnect``, Discord asked for
            it; ``invalid``, it ended the session; ``zombie``, it left a heartbeat unanswered;
            ``silent``, nothing came; ``unreachable``, no connection was made; ``ours``, the bot
            closed it.
        code: of the close; None where there was none.
        resumes: whether the session goes on.
        detail: name of the exception of an attempt that failed.
    """

    at: float
    shard: int | None
    cause: Cause
    code: int | None = None
    resumes: bool = True
    detail: str = ""


@frozen
class SessionStart:
    """One IDENTIFY or RESUME that was sent."""

    at: float
    shard: int | None
    kind: Start


class Connections:
    """What happened to the gateway's connections; written by the bot's thread, read by any.

    Args:
        clock: unix seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.since = clock()
        self._disconnects: deque[Disconnect] = deque(maxlen=DISCONNECTS_KEPT)
        self._starts: deque[SessionStart] = deque(maxlen=STARTS_KEPT)
        self._now: dict[str, int] = {}
        self._minutes: deque[tuple[float, Mapping[str, int]]] = deque(maxlen=MINUTES_KEPT)
        self._hours: deque[tuple[float, Counter[str]]] = deque(maxlen=HOURS_KEPT)
        self._turned = self.since

    def lost(
        self,
        shard: int | None,
        cause: Cause,
        code: int | None = None,
        *,
        resumes: bool = True,
        detail: str = "",
    ) -> None:
        """Note a lost connection."""
        self._disconnects.append(Disconnect(self._clock(), shard, cause, code, resumes, detail))

    def started(self, shard: int | None, kind: Start) -> None:
        """Note that a session begins or is resumed."""
        self._starts.append(SessionStart(self._clock(), shard, kind))

    def event(self, name: str) -> None:
        """Count an event; called for each one, so it does no more than that."""
        counts = self._now
        try:
            counts[name] += 1
        except KeyError:
            name = name if len(counts) < TYPES_MAX else OTHER
            counts[name] = counts.get(name, 0) + 1

    def turn(self) -> None:
        """Begin another minute when the last one is over; call it every few seconds."""
        now = self._clock()
        if now - self._turned < MINUTE:
            return
        counts, self._now, at = self._now, {}, self._turned
        self._turned = now
        self._minutes.append((at, counts))
        if not self._hours or at - self._hours[-1][0] >= HOUR:
            self._hours.append((at, Counter()))
        self._hours[-1][1].update(counts)

    def disconnects(self, since: float) -> tuple[Disconnect, ...]:
        """List the lost connections from a time on, newest first."""
        return tuple(one for one in reversed(tuple(self._disconnects)) if one.at >= since)

    def starts(self, since: float) -> tuple[SessionStart, ...]:
        """List the IDENTIFYs and RESUMEs from a time on, newest first."""
        return tuple(one for one in reversed(tuple(self._starts)) if one.at >= since)

    def events(self, seconds: float) -> tuple[Mapping[str, int], float]:
        """Count the events of the last so many seconds, in whole minutes or hours.

        Returns:
            The counts by type, and the seconds that they are of.
        """
        now = self._clock()
        kept: Iterable[tuple[float, Mapping[str, int]]]
        is_short = seconds <= MINUTE * MINUTES_KEPT
        kept = tuple(self._minutes if is_short else self._hours)
        chosen = [(at, counts) for at, counts in kept if at >= now - seconds]
        total = Counter(self._now)
        for _, counts in chosen:
            total.update(dict(counts))
        begin = chosen[0][0] if chosen else self._turned
        return total, max(now - begin, 1.0)
