"""Calls that have ended → the last ones, the slowest of each name and the troubled ones, bounded.

One lock, held for microseconds; any thread may read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import replace

from services.debugcog.calls.call import Call

TRACES = 100
"""Last calls in which something was timed, with their spans."""
TROUBLED = 100
"""Last calls that were acknowledged late or not at all."""
NAMES = 100
"""Names with calls of their own; the one that was not called for the longest time goes first."""
RECENT = 30
"""Last calls of each name, without spans."""
SLOWEST = 3
"""Slowest calls of each name, with their spans."""
SLOW_SECONDS = 7 * 86_400.0
"""After which a slow call makes room for a faster one."""


class _Named:
    __slots__ = ("recent", "slowest")

    def __init__(self) -> None:
        self.recent = deque[Call](maxlen=RECENT)
        self.slowest: list[Call] = []


class CallBook:
    """Keeps calls for who asks later."""

    def __init__(self) -> None:
        self._traces = deque[Call](maxlen=TRACES)
        self._troubled = deque[Call](maxlen=TROUBLED)
        self._names: OrderedDict[str, _Named] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, call: Call) -> None:
        """Keep a call that has ended."""
        with self._lock:
            if call.spans:
                self._traces.append(call)
            if call.troubled:
                self._troubled.append(call)
            named = self._names.setdefault(call.name, _Named())
            self._names.move_to_end(call.name)
            if len(self._names) > NAMES:
                self._names.popitem(last=False)
            named.recent.append(replace(call, spans=()) if call.spans else call)
            _keep_slow(named.slowest, call)

    def traces(self) -> tuple[Call, ...]:
        """List the last calls in which something was timed, the latest first."""
        with self._lock:
            return tuple(reversed(self._traces))

    def troubled(self, since: float) -> tuple[Call, ...]:
        """List the calls since then (unix seconds) that were acknowledged late, latest first."""
        with self._lock:
            return tuple(call for call in reversed(self._troubled) if call.at >= since)

    def recent(self, name: str, since: float) -> tuple[Call, ...]:
        """List the last calls of a name since then (unix seconds), latest first."""
        with self._lock:
            named = self._names.get(name)
            found = tuple(reversed(named.recent)) if named else ()
        return tuple(call for call in found if call.at >= since)

    def slowest(self, name: str, since: float, limit: int) -> tuple[Call, ...]:
        """List the slowest of the calls of a name that are kept, the slowest first."""
        with self._lock:
            named = self._names.get(name)
            found = (*named.slowest, *named.recent) if named else ()
        kept: dict[int, Call] = {}
        for call in found:
            if call.at >= since:
                kept.setdefault(call.id, call)
        return tuple(sorted(kept.values(), key=_slowest_first)[:limit])

    def trace(self, call_id: int) -> Call | None:
        """Return the call with this id that has spans, as long as it is kept."""
        with self._lock:
            return next((call for call in self._with_spans() if call.id == call_id), None)

    def _with_spans(self) -> Iterator[Call]:
        yield from reversed(self._traces)
        for named in self._names.values():
            yield from (call for call in named.slowest if call.spans)


def _keep_slow(slowest: list[Call], call: Call) -> None:
    """Keep a call among the slowest, unless those are slower and of this week."""
    slowest.append(call)
    if len(slowest) > SLOWEST:
        old = [one for one in slowest if one.at < call.at - SLOW_SECONDS]
        slowest.remove(old[0] if old else min(slowest, key=_duration))


def _duration(call: Call) -> float:
    return max(call.ms, call.acknowledged_ms or 0.0)


def _slowest_first(call: Call) -> float:
    return -_duration(call)
