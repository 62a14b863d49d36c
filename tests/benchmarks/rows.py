"""Figures of a benchmark → frozen rows, and the interleaved rounds that make ratios hold."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


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
    """

    name: str
    value: float
    unit: str
    peer_value: float | None = None
    ratio: float | None = None
    goal: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        figure = self.value if self.ratio is None else self.ratio
        return figure >= self.goal if self.at_least else figure <= self.goal


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
