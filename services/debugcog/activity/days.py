"""Use of a command, a service or a model → counts and sums of each day and user, in memory.

What is counted is handed over every few seconds and then forgotten here; only which rows today has
is kept, so that there is a bound on them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Literal

from services.debugcog.frozen import frozen

DAY = 86_400
ROWS_MAX = 4_000
"""Rows of one day; what would need another one is counted for all other users together."""
EVERYBODY = 0
"""Stands for all users: services are counted so, and users beyond the bound."""
OTHER = "other"
"""Stands for all names beyond the bound."""

DayKind = Literal["command", "component", "message", "model", "service"]
Key = tuple[int, DayKind, str, int]


@frozen
class DaySum:
    """What was done in one day, in UTC.

    Attributes:
        day: number of the day since 1970-01-01.
        kind: "command" of any type; "component", which is a button, menu or form; "message" of a
            person; "model", for its tokens; "service", a timed block or traced call inside a call.
        name: of the command, component, service or model (``provider/model``); empty for messages.
        user_id: Discord's; ``EVERYBODY`` where it is not told apart.
        calls: how often.
        failed: of these.
        ms: of all of them together.
        slowest_ms: the slowest.
        late: acknowledged after 2 s and more, or not at all.
        tokens_input: tokens that models were given.
        tokens_output: tokens that they answered with.
        tokens_cached: of the input.
    """

    day: int
    kind: DayKind
    name: str
    user_id: int
    calls: int = 0
    failed: int = 0
    ms: float = 0.0
    slowest_ms: float = 0.0
    late: int = 0
    tokens_input: int = 0
    tokens_output: int = 0
    tokens_cached: int = 0

    @property
    def key(self) -> Key:
        """Return what tells it from the others."""
        return self.day, self.kind, self.name, self.user_id


class _Sums:
    """Counts of one row that the state file does not have yet."""

    __slots__ = ("calls", "failed", "late", "ms", "slowest_ms", "tokens")

    def __init__(self) -> None:
        self.calls = 0
        self.failed = 0
        self.late = 0
        self.ms = 0.0
        self.slowest_ms = 0.0
        self.tokens = [0, 0, 0]


class DayCounter:
    """Counts by day; any thread may write.

    Args:
        clock: unix time in seconds.
        rows_max: rows of one day.
    """

    def __init__(self, clock: Callable[[], float] = time.time, *, rows_max: int = ROWS_MAX) -> None:
        self._clock = clock
        self._rows_max = rows_max
        self._day = 0
        self._known: set[Key] = set()
        self._pending: dict[Key, _Sums] = {}
        self._lock = threading.Lock()

    def count(
        self,
        kind: DayKind,
        name: str,
        user_id: int,
        *,
        calls: int = 1,
        failed: int = 0,
        ms: float = 0.0,
        slowest_ms: float = 0.0,
        late: int = 0,
    ) -> None:
        """Count uses; ``DaySum`` tells of the values."""
        with self._lock:
            sums = self._row(kind, name, user_id)
            sums.calls += calls
            sums.failed += failed
            sums.late += late
            sums.ms += ms
            sums.slowest_ms = max(sums.slowest_ms, slowest_ms)

    def tokens(self, model: str, user_id: int, which: int, amount: int) -> None:
        """Count tokens of a model; ``which`` is 0 for input, 1 for output, 2 for cached ones."""
        with self._lock:
            self._row("model", model, user_id).tokens[which] += amount

    def take(self) -> tuple[DaySum, ...]:
        """Hand over what was counted since the last call."""
        with self._lock:
            pending, self._pending = self._pending, {}
        return tuple(_sum(key, sums) for key, sums in pending.items())

    def pending(self) -> tuple[DaySum, ...]:
        """List what ``take`` would hand over, and keep it."""
        with self._lock:
            return tuple(_sum(key, sums) for key, sums in self._pending.items())

    def put_back(self, sums: Iterable[DaySum]) -> None:
        """Take again what could not be written."""
        with self._lock:
            for one in sums:
                row = self._pending.setdefault(one.key, _Sums())
                row.calls += one.calls
                row.failed += one.failed
                row.late += one.late
                row.ms += one.ms
                row.slowest_ms = max(row.slowest_ms, one.slowest_ms)
                given = (one.tokens_input, one.tokens_output, one.tokens_cached)
                row.tokens = [had + more for had, more in zip(row.tokens, given, strict=True)]

    def restore(self, keys: Iterable[Key]) -> None:
        """Count the rows that the state file has of today to its bound."""
        with self._lock:
            self._today()
            self._known.update(key for key in keys if key[0] == self._day)

    def _row(self, kind: DayKind, name: str, user_id: int) -> _Sums:
        """Return the row to count in; to be called with the lock held."""
        key: Key = (self._today(), kind, name, user_id)
        if key not in self._known:
            if len(self._known) >= self._rows_max:
                key = (key[0], kind, name, EVERYBODY)
                key = key if key in self._known else (key[0], kind, OTHER, EVERYBODY)
            self._known.add(key)
        sums = self._pending.get(key)
        if sums is None:
            sums = self._pending[key] = _Sums()
        return sums

    def _today(self) -> int:
        day = int(self._clock()) // DAY
        if day != self._day:
            self._day, self._known = day, set()
        return day


def _sum(key: Key, sums: _Sums) -> DaySum:
    times = (sums.ms, sums.slowest_ms)
    return DaySum(*key, sums.calls, sums.failed, *times, sums.late, *sums.tokens)
