"""Values of one metric, appended by any thread → windowed series, updated in batches."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf, isfinite

from services.debugcog.exceptions import loggable, text_in_time
from services.debugcog.guard import attempt, is_hosts
from services.debugcog.interpreter import Mutex
from services.debugcog.timeseries.bucket import Batch, Closed
from services.debugcog.timeseries.metric_names import OTHER, is_signed
from services.debugcog.timeseries.numeric import as_number
from services.debugcog.timeseries.series import Series
from services.debugcog.timeseries.sketch import bucket_indexes
from services.debugcog.timeseries.snapshot import Point, Summary

log = logging.getLogger("debugcog.metrics")

CHUNK = 4096
"""Values folded at once: about 1 ms, so that other threads get their turn."""

LARGEST = 1e100
"""Beyond it a value is a mistake; and no sum of values below it overflows."""

Listener = Callable[[Sequence[float]], object]


@dataclass(frozen=True, slots=True)
class Saved:
    """One closed bucket of one metric, as history keeps it.

    Attributes:
        name: of the metric.
        labels: of the label set, ``command=ask``; empty for all of the metric's values.
        counter: True if the metric is a counter.
        width: seconds of the bucket.
        bucket: its figures.
    """

    name: str
    labels: str
    counter: bool
    width: float
    bucket: Closed


class Intake:
    """Where the values of one label set wait, and the series that they go to.

    Threads append to ``pending`` without a lock: an append is atomic, and only the one who folds,
    under the metric's lock, takes from the front.
    """

    __slots__ = ("failures", "pending", "series", "shared")

    def __init__(self, *, shared: bool = False) -> None:
        self.pending: MutableSequence[float] = []
        self.failures: MutableSequence[object] = []  # one for each timed block that raised
        self.series = Series()
        self.shared = shared

    def stop(self) -> None:
        """Take no more values: what is appended from now on vanishes."""
        self.pending = deque(maxlen=0)
        self.failures = deque(maxlen=0)


def as_refusal(problem: BaseException) -> ValueError:
    """Return a refusal as it is; of what an object of the host's has raised, tell the kind."""
    if type(problem) is ValueError:
        return problem
    return ValueError(f"a name, label or value raised {type(problem).__name__}")


def log_text(problem: ValueError) -> str:
    """Write a problem for the log, where a metric's name would pass for one of its values."""
    return text_in_time(problem).replace("_", " ")


class Metric:
    """One metric with its label sets.

    Args:
        name: canonical.
        counter: whether amounts are added up, rather than values looked at.
        max_label_sets: how many are kept apart; the rest share ``other``.
        listeners: called with the values of each fold, outside the lock.

    Attributes:
        taken: values folded since start.
        total: their sum.
        refused: values that were no values of this metric, since start.
        crowded: whether values come so fast that their callers have to help folding.
        signed: whether a value below zero makes sense; not once the name has been timed.
    """

    def __init__(
        self, name: str, counter: bool, max_label_sets: int, listeners: list[Listener]
    ) -> None:
        self.name = name
        self.counter = counter
        self.taken = 0
        self.total = 0.0
        self.refused = 0
        self.crowded = False
        self.intake = Intake()
        self.signed = is_signed(name) and not counter
        self._seen = 0
        self._max_label_sets = max_label_sets
        self._listeners = listeners
        self._sets: dict[str, Intake] = {}
        self._lock = Mutex()

    @property
    def recorded(self) -> bool:
        """Tell whether it has ever had a value."""
        return self.intake.series.recorded

    def labelled(self, key: str) -> Intake:
        """Return the intake of a label set, a shared one when there are too many sets."""
        if key not in self._sets and len(self._sets) >= self._max_label_sets:
            key = OTHER
        return self._sets.get(key) or self._sets.setdefault(key, Intake(shared=key == OTHER))

    def arrivals(self) -> int:
        """Count the values that have come since this was last asked."""
        come = self.taken + sum(len(intake.pending) for intake in self._intakes().values())
        fresh, self._seen = come - self._seen, come
        return fresh

    def convert(self, value: object) -> float:
        """Return the value as a number of Python's own.

        Raises:
            ValueError: it is no number; says what it is.
        """
        try:
            return as_number(value)
        except TypeError:
            raise ValueError(f"{self.name} got a {type(value).__name__}: give a number") from None

    def check(self, value: object) -> float:
        """Return the value as a number that makes sense here.

        Raises:
            ValueError: it cannot be a value of this metric; says why.
        """
        try:
            number = float(self.convert(value))
        except OverflowError:  # a whole number beyond any float
            number = inf
        if not abs(number) <= LARGEST:
            raise ValueError(f"{self.name} got {number}: give a finite number, {LARGEST} at most")
        if number < 0 and not self.signed:
            raise ValueError(f"{self.name} got {number:g}: it cannot be below zero")
        if self.counter and number % 1:
            raise ValueError(f"{self.name} got {number:g}: count in whole numbers")
        return number

    def fold(self, now: float, *, wait: bool = True) -> None:
        """Move what is pending into the series, and close the buckets that have ended.

        Args:
            now: unix seconds.
            wait: False returns at once if another thread is folding.
        """
        for intake in self._intakes().values():
            for _ in range(len(intake.pending) // CHUNK + 1):
                if not self._lock.acquire(blocking=wait):
                    return
                try:
                    values = self._fold_chunk(intake, now)
                finally:
                    self._lock.release()
                if values:
                    self._tell(values)

    def stop(self, now: float, *, wait: bool = True) -> None:
        """Fold what is pending, and take no more."""
        self.fold(now, wait=wait)
        for intake in self._intakes().values():
            intake.stop()

    def summary(self, window: float, now: float, *, percentiles: bool = True) -> Summary:
        """Summarise the last ``window`` seconds of all values; unwanted percentiles are NaN."""
        with self._lock:
            return self.intake.series.summary(window, now, percentiles=percentiles)

    def summaries(self, window: float, now: float) -> dict[str, Summary]:
        """Summarise each label set that has values in the window."""
        found = {}
        for key, intake in tuple(self._sets.items()):
            with self._lock:
                summary = intake.series.summary(window, now)
            if summary.count:
                found[key] = summary
        return found

    def points(self, window: float, now: float) -> tuple[Point, ...]:
        """List the buckets of the last ``window`` seconds."""
        with self._lock:
            return self.intake.series.points(window, now)

    def closed_since(self, time: float, now: float, *, with_open: bool) -> Iterator[Saved]:
        """Yield the buckets that ended after ``time``, for history."""
        for key, intake in self._intakes().items():
            with self._lock:
                closed = list(intake.series.closed_since(time, now, with_open=with_open))
            for width, bucket in closed:
                yield Saved(self.name, key, self.counter, width, bucket)

    def restore(self, key: str, past: Iterable[tuple[float, Closed]], now: float) -> None:
        """Put what history has of a label set (empty: of all values) before what is here.

        A set beyond the bound is not brought back; all values have its numbers.
        """
        intake = self.labelled(key) if key else self.intake
        if intake is self._intakes().get(key):
            with self._lock:
                intake.series.restore(past, now)

    def _intakes(self) -> dict[str, Intake]:
        return {"": self.intake, **self._sets}

    def _fold_chunk(self, intake: Intake, now: float) -> Sequence[float]:
        if not (intake.pending or intake.failures):
            intake.series.roll(now)
            return ()
        values: Sequence[float] = intake.pending[:CHUNK]
        del intake.pending[: len(values)]
        failed = len(intake.failures)
        del intake.failures[:failed]
        self.taken += len(values)
        batch, values = self._measure(values, failed)
        self.total += batch.total
        for series in {intake.series, self.intake.series}:
            series.add(batch, now)
        return values

    def _measure(self, values: Sequence[float], failed: int) -> tuple[Batch, Sequence[float]]:
        """Work out the figures of a batch; in the rare case of a bad value, of the good ones."""
        try:
            return self._figures(values, failed), values
        except BaseException as error:
            if not is_hosts(error):
                raise
            good = [number for value in values for number in self._good(value)]
            return self._figures(good, failed), good

    def _figures(self, values: Sequence[float], failed: int) -> Batch:
        """Work them out at C's speed: a bad value makes the sum bad, or raises, or is an end."""
        if not values:
            return Batch(0, failed, 0.0, inf, -inf, None, ())
        total, lowest, highest = sum(values), float(min(values)), float(max(values))
        floor = -LARGEST if self.signed else 0.0
        if not (isfinite(total) and lowest >= floor and highest <= LARGEST):
            raise ValueError
        if self.counter:
            return self._amount(values, total)
        numbers = bucket_indexes(values, lowest, highest)
        last = float(values[-1])
        return Batch(len(values), failed, float(total), lowest, highest, last, numbers)

    def _amount(self, values: Sequence[float], total: float) -> Batch:
        if type(total) is not int and any(value % 1 for value in values):
            raise ValueError
        return Batch(int(total), 0, float(total), inf, -inf, None, ())

    def _good(self, value: float) -> Iterator[float]:
        try:
            yield self.check(value)
        except BaseException as problem:
            if not is_hosts(problem):
                raise
            if not self.refused:
                log.warning("Values are refused: %s", log_text(as_refusal(problem)))
            self.refused += 1

    def _tell(self, values: Sequence[float]) -> None:
        """Call the listeners; one that raises is not called again."""
        for listener in tuple(self._listeners):
            try:
                listener(values)
            except BaseException as error:
                if not is_hosts(error):
                    raise
                line, shown = "Listener of a metric dropped: it raised", loggable(error)
                attempt(lambda: log.error(line, exc_info=shown), None)  # noqa: B023 - called here
                with suppress(ValueError):  # it has been removed meanwhile
                    self._listeners.remove(listener)
