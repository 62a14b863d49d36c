"""Timestamped values → tiers of buckets → statistics of any window up to 7 days.

Values enter the finest tier. A bucket that ends is packed and merged into the open bucket of the
next coarser tier, so each value is counted once, and a window reads at most 180 buckets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from services.debugcog.timeseries.bucket import Batch, Bucket, Closed, plain_point
from services.debugcog.timeseries.snapshot import Point, Summary

TIERS: tuple[tuple[float, float], ...] = (
    (10.0, 900.0),
    (60.0, 7_200.0),
    (600.0, 86_400.0),
    (3_600.0, 604_800.0),
)
"""Width of a bucket and span that is kept, in seconds, from fine to coarse."""

LONGEST = TIERS[-1][1]

STEP_BACK = 60.0
"""A clock that goes back by up to this many seconds is held; by more, a new timeline begins."""


def _tier_for(window: float) -> int:
    fitting = (index for index, (_, span) in enumerate(TIERS) if window <= span)
    return next(fitting, len(TIERS) - 1)


class Tier:
    """Closed buckets of one width, oldest first, and the open one."""

    __slots__ = ("closed", "open", "span", "width")

    def __init__(self, width: float, span: float) -> None:
        self.width = width
        self.span = span
        self.closed: deque[Closed] = deque()
        self.open: Bucket | None = None

    def bucket_start(self, time: float) -> float:
        """Tell the start of the bucket that ``time`` falls into."""
        return time // self.width * self.width

    def open_at(self, start: float) -> Bucket:
        """Return the open bucket, a new one if there is none."""
        if self.open is None:
            self.open = Bucket(start)
        return self.open

    def since(self, time: float) -> list[Closed]:
        """List the closed buckets that ended after ``time``, oldest first."""
        found = []
        for closed in reversed(self.closed):
            if closed.start + self.width <= time:
                break
            found.append(closed)
        return found[::-1]

    def prune(self, now: float) -> None:
        """Forget what has left the span."""
        while self.closed and self.closed[0].start + self.width <= now - self.span:
            self.closed.popleft()

    def forget_after(self, now: float) -> None:
        """Drop the buckets that end after ``now``."""
        while self.closed and self.closed[-1].start + self.width > now:
            self.closed.pop()
        if self.open is not None and self.open.start > now:
            self.open = None


class Series:
    """The windowed history of one metric, or of one of its label sets; not thread-safe.

    Time comes in with each call, in unix seconds, and may jump. Forward: a gap. Back by up to
    ``STEP_BACK``: time is held until it is caught up with. Back by more: what now lies in the
    future is dropped, so that no age is ever negative.
    """

    __slots__ = ("_began", "_due", "_now", "_tiers")

    def __init__(self) -> None:
        self._tiers = tuple(Tier(width, span) for width, span in TIERS)
        self._began = float("inf")
        self._now = float("-inf")
        self._due = float("-inf")

    @property
    def recorded(self) -> bool:
        """Tell whether it has ever had a value, in this run or in one that history knows."""
        return self._began < float("inf")

    def add(self, batch: Batch, now: float) -> None:
        """Add values that were recorded at ``now``."""
        self.roll(now)
        if batch.count or batch.failed:
            self._began = min(self._began, self._now)
        finest = self._tiers[0]
        finest.open_at(finest.bucket_start(self._now)).add(batch)

    def roll(self, now: float) -> None:
        """Close the buckets that have ended, forget those that are too old."""
        if now < self._now - STEP_BACK:
            for tier in self._tiers:
                tier.forget_after(now)
        elif now < self._due:
            self._now = max(self._now, now)
            return
        self._now = now
        self._due = self._tiers[0].bucket_start(now) + self._tiers[0].width
        for index, tier in enumerate(self._tiers):
            if tier.open is not None and tier.open.start + tier.width <= now:
                self._close(index)
            tier.prune(now)

    def summary(self, window: float, now: float, *, percentiles: bool = True) -> Summary:
        """Add up the last ``window`` seconds; percentiles that are not wanted are NaN."""
        whole = Bucket(now)
        self.add_to(whole, window, now, percentiles=percentiles)
        return whole.summary(percentiles=percentiles)

    def add_to(self, whole: Bucket, window: float, now: float, *, percentiles: bool = True) -> None:
        """Add the last ``window`` seconds to a bucket, which others may be added to as well."""
        older, newest = self._parts(window, now, _tier_for(window))
        for closed in older:
            if percentiles:
                whole.merge(closed)
            else:
                whole.total_up(closed)
        if newest is not None:
            whole.join(newest)

    def points(self, window: float, now: float, *, percentiles: bool = True) -> tuple[Point, ...]:
        """List the buckets of the last ``window`` seconds, oldest first.

        They are as fine as what has been recorded allows: a young series shows all it has.
        Percentiles that are not wanted are NaN.
        """
        tier = _tier_for(min(window, now - self._began))
        width = TIERS[tier][0]
        older, newest = self._parts(window, now, tier)
        parts: list[Bucket | Closed] = [*older, *([] if newest is None else [newest])]
        if not percentiles:
            return tuple(plain_point(part, width) for part in parts)
        buckets = (part.reopen() if isinstance(part, Closed) else part for part in parts)
        return tuple(bucket.point(width) for bucket in buckets)

    def between(self, start: float, end: float, now: float) -> tuple[float, list[Closed]]:
        """Find the closed buckets of a time that is over, in the finest tier that has some.

        The edges are those of buckets: a time that is shorter than a bucket has the one it begins
        in, any other one goes from the nearest edge to the nearest edge.

        Returns:
            Width of a bucket, and the buckets; 0 and none where history does not reach.
        """
        self.roll(now)
        for tier in self._tiers:
            if self._now - start > tier.span + 1.0:
                continue
            first = tier.bucket_start(
                start if end - start <= tier.width else start + tier.width / 2
            )
            last = max(first + tier.width, tier.bucket_start(end + tier.width / 2))
            found = [closed for closed in tier.closed if first <= closed.start < last]
            if found:
                return tier.width, found
        return 0.0, []

    def closed_since(
        self, time: float, now: float, *, with_open: bool = False
    ) -> Iterator[tuple[float, Closed]]:
        """Yield width and bucket of what ended after ``time``, except of the finest tier.

        Args:
            time: unix seconds.
            now: unix seconds.
            with_open: with the minute that has not ended, for a clean stop.
        """
        self.roll(now)
        for tier in self._tiers[1:]:
            for closed in tier.since(min(time, now)):
                yield tier.width, closed
        if with_open and (minute := self._open_parts(1)) is not None:
            yield self._tiers[1].width, minute.close()

    def restore(self, past: Iterable[tuple[float, Closed]], now: float) -> None:
        """Put the saved buckets of an earlier run before what this run has recorded.

        To be called in the first quarter of an hour, which is what the finest tier still has.
        Coarse buckets that had not ended when the process did are built again from finer ones.
        The finest tier stays as it is: alert rules read it, and another process's memory or lag
        must not alarm them.
        """
        live = self._tiers[0]
        begin = min([now, *(part.start for part in (*live.closed, live.open) if part)])
        self._tiers = tuple(Tier(width, span) for width, span in TIERS)
        index_of = {width: index for index, (width, _) in enumerate(TIERS)}
        for width, closed in sorted(past, key=lambda row: (-row[0], row[1].start)):
            if width not in index_of or closed.start > begin:
                continue
            self._began = float("-inf")  # the finest tier does not have it
            if closed.start + width > begin:  # the minute of a clean stop goes on
                self._merge(index_of[width], closed)
            else:
                self._push(index_of[width], closed)
        for closed in live.closed:
            self._push(0, closed)
        self._tiers[0].open = live.open
        self._due = float("-inf")
        self.roll(now)

    def _close(self, index: int) -> None:
        tier = self._tiers[index]
        assert tier.open is not None
        closed, tier.open = tier.open.close(), None
        self._push(index, closed)

    def _push(self, index: int, closed: Closed) -> None:
        self._tiers[index].closed.append(closed)
        if index + 1 < len(self._tiers):
            self._merge(index + 1, closed)

    def _merge(self, index: int, closed: Closed) -> None:
        tier = self._tiers[index]
        start = tier.bucket_start(closed.start)
        if tier.closed and start <= tier.closed[-1].start:
            return  # restored: the coarse bucket has it
        if tier.open is not None and tier.open.start < start:
            self._close(index)
        tier.open_at(start).merge(closed)

    def _parts(self, window: float, now: float, index: int) -> tuple[list[Closed], Bucket | None]:
        """Find the buckets of a window in a tier: the closed ones, and all open ones as one."""
        self.roll(now)
        return self._tiers[index].since(self._now - window), self._open_parts(index)

    def _open_parts(self, index: int) -> Bucket | None:
        """Join the open buckets up to a tier: together they are what has not ended there."""
        parts = [tier.open for tier in self._tiers[index::-1] if tier.open is not None]
        if not parts:
            return None
        whole = Bucket(self._tiers[index].bucket_start(self._now))
        for part in parts:
            whole.join(part)
        return whole
