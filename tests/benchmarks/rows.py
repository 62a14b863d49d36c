"""Figures of a benchmark → frozen rows, and the interleaved rounds that make ratios hold."""

from __future__ import annotations

import contextlib
import gc
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import psutil

BUSY = 0.1
"""Share of the processors of which other processes may have so much without a word."""
TIMES = frozenset(("ns", "µs", "ms", "s", "%", "/s"))
"""Units of figures that other processes make worse."""
SURE = 0.95


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the printed table.

    Attributes:
        name: what was measured.
        value: the project's figure, in ``unit``.
        unit: ``ns``, ``ms``, ``MB``, ``%`` and the like.
        peer_value: the peer's figure of the same run, in the same unit; None without a peer.
        ratio: ``value`` / ``peer_value``, the median of the rounds' own ratios where there are
            rounds; None without a peer.
        goal: the most that ``ratio`` (with a peer) or ``value`` (without) may be; None if the
            row is for information only.
        at_least: whether the goal is the least instead.
        interval: where the true value is with a certainty of 95 %, if chance moves it by more than
            its goal.
        is_disturbed: other processes had the machine busy: a time would be better on a calm one.
    """

    name: str
    value: float
    unit: str
    peer_value: float | None = None
    ratio: float | None = None
    goal: float | None = None
    at_least: bool = False
    interval: tuple[float, float] | None = None
    is_disturbed: bool = False

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is met; None without a goal, and where one cannot tell."""
        if self.goal is None:
            return None
        figure = self.value if self.ratio is None else self.ratio
        if self.interval is not None and self.interval[0] <= self.goal < self.interval[1]:
            return None
        is_met = figure >= self.goal if self.at_least else figure <= self.goal
        is_shifted = self.is_disturbed and self.ratio is None and self.unit in TIMES
        return None if is_shifted and not is_met else is_met


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """Give two of the values between which the median of all that could be is, as good as surely.

    A value is above it or below it with the same chance, whatever their distribution.
    """
    ordered, count = sorted(values), len(values)
    outside, skipped = 0.0, 0
    while True:
        outside += 2 * math.comb(count, skipped) / 2**count
        if outside > 1 - SURE or skipped > (count - 1) // 2:
            break
        skipped += 1
    rank = max(skipped - 1, 0)
    return ordered[rank], ordered[count - 1 - rank]


@contextlib.contextmanager
def others_at_work() -> Iterator[Callable[[], float]]:
    """Tell, after its end, which share of the processors other processes had meanwhile.

    This process's own children count as its own as soon as they have ended.
    """
    share, began, before = 0.0, time.monotonic(), _others()
    yield lambda: share
    whole = (time.monotonic() - began) * (psutil.cpu_count() or 1)
    share = (_others() - before) / whole


def _others() -> float:
    """Give the seconds of all processors so far, without those of this process."""
    machine = psutil.cpu_times()
    idle = machine.idle + getattr(machine, "iowait", 0.0)
    own = psutil.Process().cpu_times()
    # A guest's time is in its host's user time already.
    every = sum(machine) - getattr(machine, "guest", 0.0) - getattr(machine, "guest_nice", 0.0)
    return float(every - idle - sum(own[:4]))


def interleave(
    works: Mapping[str, Callable[[], object]],
    rounds: int = 9,
    after: Mapping[str, Callable[[], object]] | None = None,
) -> dict[str, tuple[float, ...]]:
    """Run every work once a round, in turn, and return the seconds of each round by name.

    A round's works see the same moment of a machine whose speed drifts, so ratios within a round
    hold where absolute times do not. The garbage collector waits until a round is over, and the
    first round, in which caches fill, does not count.

    Args:
        works: what is measured.
        rounds: how often.
        after: what follows a work of that name, unmeasured.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds + 1):
        gc.collect()
        gc.disable()
        try:
            for name, work in works.items():
                start = time.perf_counter()
                work()
                seconds[name].append(time.perf_counter() - start)
                if after and name in after:
                    after[name]()
        finally:
            gc.enable()
    return {name: tuple(values[1:]) for name, values in seconds.items()}


def compare(
    name: str,
    value: tuple[float, ...],
    peer: tuple[float, ...],
    *,
    per: float,
    unit: str,
    goal: float | None = None,
) -> Row:
    """Build the row of two interleaved series of seconds.

    Args:
        name: what was measured.
        value: seconds of the project's rounds.
        peer: seconds of the peer's rounds, in the same order.
        per: factor from a round's seconds to ``unit``, e.g. 1e9 / operations for ns.
        unit: unit of the row.
        goal: the most that the ratio may be.
    """
    ratio = statistics.median(ours / theirs for ours, theirs in zip(value, peer, strict=True))
    return Row(
        name,
        statistics.median(value) * per,
        unit,
        statistics.median(peer) * per,
        ratio,
        goal,
    )
