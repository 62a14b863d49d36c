"""Values of one label set, appended by any thread → chunks in their order, for who folds them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from itertools import islice
from operator import length_hint
from typing import TYPE_CHECKING, Protocol

from services.debugcog.timeseries.metric_names import OTHER
from services.debugcog.timeseries.series import Series
from services.debugcog.timeseries.totals import Totals

CHUNK = 4096
"""Values folded at once: less than 1 ms, so that other threads get their turn."""

SLAB = 8 * CHUNK
"""Values taken at once: they stay in the processor's cache until they are folded."""

CROWD = 10_000
"""Values of one metric between two folds beyond which its callers help to fold."""


if TYPE_CHECKING:

    class Inlet(Protocol):
        """What values are appended to."""

        def append(self, value: float, /) -> object:
            """Take a value; from any thread."""


class Intake:
    """Where the values of one label set wait, the series that they go to, and totals since start.

    Threads append to ``inlet`` without a lock: an append is atomic, and only the one who folds,
    under the metric's lock, takes from the front.

    Attributes:
        pending: what waits.
        inlet: ``pending`` itself, or what also makes the caller fold.
        failures: one for each timed block that raised.
        series: where the values go.
        totals: of all of them since start.
        untaken: sum of those that came since it was taken last.
        shared: whether it is the one of all label sets beyond the bound.
        name: of the metric.
        labels: the label set as text; empty for values without labels.
    """

    __slots__ = (
        *("_taken", "failures", "inlet", "labels", "name", "pending", "series", "shared"),
        *("totals", "untaken"),
    )

    def __init__(self, name: str = "", labels: str = "") -> None:
        self.name = name
        self.labels = labels
        self.pending: MutableSequence[float] = []
        self.inlet: Inlet = self.pending
        self.failures: MutableSequence[object] = []
        self.series = Series()
        self.totals = Totals()
        self.untaken = 0.0
        self.shared = labels == OTHER
        self._taken: Iterator[float] = iter(())

    @property
    def waiting(self) -> int:
        """Count the values that are not folded yet; some twice, at worst, in ``take``."""
        return len(self.pending) + length_hint(self._taken)

    @property
    def chunks(self) -> int:
        """Tell how often ``take`` is to be called for all that waits now."""
        pending, taken = len(self.pending), length_hint(self._taken)
        if not (pending or taken or self.failures):
            return 0
        return pending // CHUNK + 1 - (-taken // CHUNK)

    def take(self) -> Sequence[float]:
        """Take the oldest values, ``CHUNK`` at most.

        They leave the list by the slab: to take a chunk from the front of a million values moves
        all others.
        """
        chunk: Sequence[float] = list(islice(self._taken, CHUNK))
        if chunk or not self.pending:
            return chunk
        slab = self.pending[:SLAB]
        chunk, self._taken = slab[:CHUNK], iter(slab[CHUNK:])
        del self.pending[: len(slab)]
        return chunk

    def crowd(self, fold: Callable[[], None] | None) -> None:
        """Let those who append also fold from now on, or no longer (None)."""
        self.inlet = self.pending if fold is None else Crowd(self.pending, fold)

    def stop(self) -> None:
        """Take no more values: what is appended from now on vanishes."""
        self.inlet = self.pending = deque(maxlen=0)
        self.failures = deque(maxlen=0)


class Crowd:
    """The way into an intake whose values come so fast that their callers have to help.

    Args:
        pending: where the values wait.
        fold: called by each append while more than ``CROWD`` of them do.
    """

    __slots__ = ("_fold", "_pending")

    def __init__(self, pending: MutableSequence[float], fold: Callable[[], None]) -> None:
        self._pending = pending
        self._fold = fold

    def append(self, value: float, /) -> None:
        """Take a value, and help where too many wait."""
        self._pending.append(value)
        if len(self._pending) > CROWD:
            self._fold()
