"""Metric values above their limits → rate-limited performance warnings in the log."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from services.debugcog.units import convert

log = own_logger("debugcog.performance")

QUIET_SECONDS = 10.0
"""A kind of warning is written once in this time; how many came meanwhile is added."""
DIGITS_MAX = 6


@frozen
class _Limit:
    """A threshold in the metric's unit, and how a value above it is told: value, threshold.

    Attributes:
        rule: whose warning threshold counts, as it is in force; empty for none.
        threshold: of the settings, where there is no such rule.
        text: tells the value, and the threshold that it is above.
    """

    rule: str
    threshold: float
    text: Callable[[float, float], str]


class PerformanceWarnings:
    """Writes a warning for values above their limit.

    ``Slow LLM response: 5.2s (expected < 3s)``, ``Large context: 4200 tokens (recommended <
    2500)``, ``High memory usage: 1.8 GB (threshold: 1.5 GB)``. They are written in any mode:
    the commands of docs/logs.md look for them.

    Args:
        settings: its thresholds.
        clock: monotonic seconds.
        in_force: the warning threshold of a rule as it is now; None where there is none.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        *,
        in_force: Callable[[str], float | None] = lambda _: None,
    ) -> None:
        self._limits = _limits(settings)
        self._in_force = in_force
        self._clock = clock
        self._quiet_until = dict.fromkeys(self._limits, float("-inf"))
        self._suppressed = dict.fromkeys(self._limits, 0)
        self._subscriptions: list[Callable[[], None]] = []

    def watch(self, metrics: MetricsService) -> None:
        """Follow the metrics until ``close``."""
        for name in self._limits:
            callback = partial(self.write, name)
            self._subscriptions.append(metrics.subscribe(name, callback))

    def close(self) -> None:
        """Follow nothing any more."""
        while self._subscriptions:
            self._subscriptions.pop()()

    def write(self, name: str, values: Sequence[float]) -> None:
        """Write what there is to say about values of a metric, in its own unit."""
        limit = self._limits.get(name)
        if limit is None:
            return
        threshold = self._in_force(limit.rule) if limit.rule else None
        if threshold is None:
            threshold = limit.threshold
        high = [value for value in values if value > threshold]
        if high:
            self._warn(name, limit.text(max(high), threshold), len(high))

    def _warn(self, name: str, text: str, count: int) -> None:
        count += self._suppressed[name]
        now = self._clock()
        if now < self._quiet_until[name]:
            self._suppressed[name] = count
            return
        self._quiet_until[name] = now + QUIET_SECONDS
        self._suppressed[name] = 0
        log.warning("%s%s", text, f", and {count - 1} more" if count > 1 else "")


def _limits(settings: Settings) -> dict[str, _Limit]:
    slow = settings.response_time_warning_ms
    return {
        "llm_generation": _Limit("response_time", slow, partial(_slow, "LLM")),
        "tts_generation": _Limit("response_time", slow, partial(_slow, "TTS")),
        "tokens_input": _Limit(
            "",
            settings.tokens_target,
            _large,
        ),
        "memory_usage_mb": _Limit(
            "memory",
            settings.memory_warning_mb,
            _high,
        ),
    }


def _slow(what: str, ms: float, most: float) -> str:
    took, expected = convert(ms, "ms", "s"), convert(most, "ms", "s")
    digits = _digits(took, expected, 1)
    return f"Slow {what} response: {took:.{digits}f}s (expected < {expected:g}s)"


def _large(tokens: float, most: float) -> str:
    digits = _digits(tokens, most, 0)
    return f"Large context: {tokens:.{digits}f} tokens (recommended < {most:.{digits}f})"


def _high(mb: float, most: float) -> str:
    used, threshold = convert(mb, "MB", "GB"), convert(most, "MB", "GB")
    digits = _digits(used, threshold, 1)
    return f"High memory usage: {used:.{digits}f} GB (threshold: {threshold:.{digits}f} GB)"


def _digits(value: float, most: float, least: int) -> int:
    """Return after how many digits behind the point two numbers read as different."""
    found = range(least, DIGITS_MAX)
    return next((one for one in found if f"{value:.{one}f}" != f"{most:.{one}f}"), DIGITS_MAX)
