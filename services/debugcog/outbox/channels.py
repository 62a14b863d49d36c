"""Results of recent requests → channels to post to now, or how long to wait for one."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.debugcog.outbox.outcomes import Action
from services.debugcog.outbox.places import Open


@dataclass(slots=True)
class Channels:
    """The channel for alerts and the one to fall back on; all forgotten at a restart.

    Attributes:
        first: where alerts belong.
        second: where they go while the first refuses us.
        forum: where error groups belong; None without one.
    """

    first: int
    second: int | None = None
    forum: int | None = None
    _closed_until: dict[int, float] = field(default_factory=dict)
    _refusals: dict[int, int] = field(default_factory=dict)
    _declined: dict[int, set[int]] = field(default_factory=dict)
    _paused_until: float = 0.0

    def target(self, now: float) -> int | None:
        """Return the channel for new messages; None while there is none, or a pause is on."""
        return next(iter(self._targets(now)), None)

    def _targets(self, now: float) -> list[int]:
        if now < self._paused_until:
            return []
        return [one for one in self._alerts if one not in self.closed(now)]

    @property
    def _alerts(self) -> tuple[int, ...]:
        return (self.first,) if self.second is None else (self.first, self.second)

    def has_other(self, row_id: int, channel: int) -> bool:
        """Tell whether a place for alerts has not refused a row in every form, with this one."""
        return bool({*self._alerts} - {channel} - self._declined.get(row_id, set()))

    def ways(self, now: float) -> Open | None:
        """Return where messages can go now; None while they can go nowhere."""
        target, spare = (*self._targets(now), None, None)[:2]
        closed = self.closed(now)
        is_open = now >= self._paused_until and self.forum not in closed
        forum = self.forum if is_open else None
        if target is forum is None:
            return None
        return Open(target, forum, closed, spare, self._declined)

    def closed_posts(self, now: float) -> int:
        """Count the posts in the forum that refuse us."""
        return len(self.closed(now) - {self.first, self.second, self.forum})

    def wait(self, now: float) -> float:
        """Return the seconds until there is a target again; 0.0 when there is one."""
        if self.target(now) is not None:
            return 0.0
        opens = [until for until in self._closed_until.values() if until > now]
        return max(self._paused_until - now, 0.0) or min(opens, default=now) - now

    def closed(self, now: float) -> frozenset[int]:
        """Return the channels that refuse us and are not due for another try."""
        return frozenset(one for one, until in self._closed_until.items() if now < until)

    def reopens(self, channel: int, now: float) -> float | None:
        """Return when a channel that refuses us is tried again; None for one that does not."""
        until = self._closed_until.get(channel, 0.0)
        return until if until > now else None

    def refusals(self, channel: int) -> int:
        """Count how often a channel refused us in a row, with the one at hand."""
        return self._refusals.get(channel, 0) + 1

    def reopen(self) -> None:
        """Forget which channels refused us: somebody says that they do not any more."""
        self._closed_until.clear()
        self._refusals.clear()

    def note(self, channel: int, action: Action, now: float, row_id: int | None = None) -> None:
        """Take in what a request to a channel, for a row, led to."""
        if row_id is not None and action.elsewhere:
            self._declined.setdefault(row_id, set()).add(channel)
        elif row_id is not None and action.state != "queued":
            self._declined.pop(row_id, None)
        if action.divert:
            self._refusals[channel] = self.refusals(channel)
            self._closed_until[channel] = now + action.divert
        elif action.state == "sent":
            self._refusals.pop(channel, None)
            self._closed_until.pop(channel, None)
        self._paused_until = max(
            self._paused_until, now + max(action.pause, action.rate_limit_pause)
        )
