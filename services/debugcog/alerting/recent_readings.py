"""Rules → their signals, a few of them read anew at each call, so that a call costs little."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.debugcog.alerting.reads import Signal
from services.debugcog.alerting.rules import Rule

SHARES = 5
"""Calls after which every rule has been read anew."""


class RecentReadings:
    """Remembers what rules have read.

    Args:
        read: reads some rules now, by their names.
    """

    def __init__(self, read: Callable[[Sequence[Rule]], Mapping[str, Signal]]) -> None:
        self._read = read
        self._known: dict[str, Signal] = {}
        self._turn = 0

    def now(self, rules: Sequence[Rule]) -> Mapping[str, Signal]:
        """Read all of them now."""
        self._known.update(self._read(rules))
        return self._known

    def recent(self, rules: Sequence[Rule]) -> Mapping[str, Signal]:
        """Return what they read at one of the last calls; one in ``SHARES`` is read now."""
        due = [
            rule
            for number, rule in enumerate(rules)
            if number % SHARES == self._turn or rule.name not in self._known
        ]
        self._turn = (self._turn + 1) % SHARES
        return self.now(due)
