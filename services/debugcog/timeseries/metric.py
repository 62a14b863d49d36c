"""Values of one metric, appended by any thread → windowed series, updated in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import inf, isfinite

from services.debugcog.guard import is_hosts, own_logger
from services.debugcog.interpreter import Mutex
from services.debugcog.timeseries import numeric
from services.debugcog.timeseries.bounds import bounds_of
from services.debugcog.timeseries.bucket import Batch, Closed, Saved
from services.debugcog.timeseries.intake import CROWD, Intake
from services.debugcog.timeseries.listeners import Listener, Untold
from services.debugcog.timeseries.metric_names import LEVELS, OTHER, TIMINGS, is_signed
from services.debugcog.timeseries.refusals import as_refusal, log_text
from services.debugcog.timeseries.sketch import bucket_counts
from services.debugcog.timeseries.snapshot import Summary
from services.debugcog.timeseries.totals import MetricTotals

log = own_logger("debugcog.metrics")

LARGEST = 1e100
"""Beyond it a value is a mistake; and no sum of values below it overflows."""
COUNT_LARGEST = 2**53
"""The same of an amount that is counted; mostly it was meant to be below zero."""


class Metric:
    """One metric with its label sets.

    Args:
        name: canonical.
        counter: whether amounts are added up, rather than values looked at.
        max_label_sets: how many are kept apart; the rest share ``other``.
        listeners: called with the values of each fold; mostly not by the thread that folds.

    Attributes:
        taken: values folded since start.
        refused: values that were no values of this metric, since start.
        is_folded: whether a thread is at it just now.
        timed: whether its values are durations, in ms.
        level: whether it is sampled, so that the newest value counts.
        signed: whether a value below zero makes sense; not once the name has been timed.
    """

    def __init__(
        self, name: str, counter: bool, max_label_sets: int, listeners: list[Listener]
    ) -> None:
        self.name = name
        self.counter = counter
        self.taken = 0
        self.refused = 0
        self.is_folded = False
        self.timed = name in TIMINGS
        self.level = name in LEVELS
        self.intake = Intake(name)
        self.signed = is_signed(name) and not counter
        self._largest = COUNT_LARGEST if counter else LARGEST
        self._seen = 0
        self._is_crowded = False
        self._bounds: tuple[float, ...] | None = None
        self._max_label_sets = max_label_sets
        self._untold = Untold(listeners)
        self._sets: dict[str, Intake] = {}
        self._lock = Mutex()

    @property
    def recorded(self) -> bool:
        """Tell whether it has ever had a value."""
        return self.intake.series.recorded

    @property
    def total(self) -> float:
        """Return the sum of the values since start."""
        return sum(intake.totals.total for intake in self._intakes().values())

    def labelled(self, key: str) -> Intake:
        """Return the intake of a label set, a shared one when there are too many sets."""
        if key not in self._sets and len(self._sets) >= self._max_label_sets:
            key = OTHER
        return self._sets.get(key) or self._sets.setdefault(key, Intake(self.name, key))

    @property
    def rests(self) -> bool:
        """Tell whether nothing has come since the last look, and nothing waits."""
        if self.taken != self._seen or self._is_crowded or self.is_folded or self._untold:
            return False
        return not any(intake.chunks for intake in (self.intake, *self._sets.values()))

    def arrivals(self) -> int:
        """Count the values that have come since this was last asked."""
        come = self.taken + sum(intake.waiting for intake in self._intakes().values())
        fresh, self._seen = come - self._seen, come
        return fresh

    def crowd(self, fold: Callable[[Metric], None], *, at_once: bool = False) -> bool:
        """Let callers help to fold while more than ``CROWD`` values come between two looks.

        Args:
            fold: called with this metric by who helps.
            at_once: begin in any case.

        Returns:
            Whether that changed, or goes on: then an intake may have a new way in.
        """
        before, self._is_crowded = self._is_crowded, at_once or self.arrivals() > CROWD
        if not (before or self._is_crowded):
            return False
        for intake in self._intakes().values():
            intake.crowd(partial(fold, self) if self._is_crowded else None)
        return True

    def convert(self, value: object) -> float:
        """Return the value as a number of Python's own.

        Raises:
            ValueError: it is no number; says what it is.
        """
        if type(value) is float or type(value) is int:
            return value
        try:
            return numeric.as_number(value)
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
        if not abs(number) <= self._largest:
            raise ValueError(
                f"{self.name} got {number}: give a finite number, {self._largest} at most"
            )
        if number < 0 and not self.signed:
            raise ValueError(f"{self.name} got {number:g}: it cannot be below zero")
        if self.counter and number % 1:
            raise ValueError(f"{self.name} got {number:g}: count in whole numbers")
        return number

    def fold(self, now: float, *, wait: bool = True, tell: bool = False) -> None:
        """Move what is pending into the series.

        Args:
            now: unix seconds.
            wait: False returns at once if another thread is folding.
            tell: call the listeners, too, with all that they have not heard.
        """
        self._fold(now, wait)
        if tell:
            self._untold.tell()

    def _fold(self, now: float, wait: bool) -> None:
        for intake in self._intakes().values():
            # Where nothing waits there is nothing to do, but to wait for what is folded just now.
            for _ in range(intake.chunks or self.is_folded):
                if not self._lock.acquire(blocking=wait):
                    return
                self.is_folded = True
                try:
                    self._untold.put(self._fold_chunk(intake, now))
                finally:
                    self.is_folded = False
                    self._lock.release()

    def stop(self, now: float, *, wait: bool = True) -> None:
        """Fold what is pending, and take no more."""
        self.fold(now, wait=wait, tell=wait)
        for intake in self._intakes().values():
            intake.stop()

    def summary(self, window: float, now: float, *, percentiles: bool = True) -> Summary:
        """Summarise the last ``window`` seconds of all values; unwanted percentiles are NaN."""
        with self._lock:
            return self.intake.series.summary(window, now, percentiles=percentiles)

    def summaries(self, window: float, now: float) -> dict[str, Summary]:
        """Summarise each label set that has values in the window."""
        found = {key: intake.series.summary(window, now) for key, intake in self.label_sets()}
        return {key: summary for key, summary in found.items() if summary.count}

    def label_sets(self, *, whole: bool = False) -> Iterator[tuple[str, Intake]]:
        """Yield each label set, locked until the next is asked for; ``whole`` yields all first."""
        for key, intake in tuple((self._intakes() if whole else self._sets).items()):
            with self._lock:
                yield key, intake

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

    def totals(self, now: float) -> MetricTotals:
        """Copy what each label set has taken since start, and what came without labels."""
        self.fold(now)
        bounds = self._bucket_bounds()
        with self._lock:
            sets = tuple(one.totals.freeze(key, bounds) for key, one in self._intakes().items())
        return MetricTotals(self.name, self.counter, self.timed, self.level, bounds, sets)

    def carry(self, earlier: MetricTotals) -> None:
        """Go on from what another object took for this metric, before this one takes anything."""
        self.timed, self.level, self._bounds = earlier.timed, earlier.level, earlier.bounds
        for one in earlier.sets:
            intake = self.labelled(one.labels) if one.labels else self.intake
            with self._lock:
                intake.totals.carry(one)

    def _bucket_bounds(self) -> tuple[float, ...]:
        """Return the bounds that counting began with: they stay, or counts would be lost."""
        if self._bounds is None:
            bounds = bounds_of(self.name, timed=self.timed, level=self.level)
            self._bounds = () if self.counter else bounds
        return self._bounds

    def _intakes(self) -> dict[str, Intake]:
        return {"": self.intake, **self._sets}

    def _fold_chunk(self, intake: Intake, now: float) -> Sequence[float]:
        values, failed = intake.take(), len(intake.failures)
        if not (values or failed):
            intake.series.roll(now)
            return ()
        del intake.failures[:failed]
        self.taken += len(values)
        batch, values = self._measure(values, failed)
        intake.totals.add(batch, self._bucket_bounds(), now)
        intake.untaken += batch.total
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
        if self.counter and values.count(1) == len(values):  # as a rule, and 20 times as fast
            return self._amount(values, len(values))
        total, ordered = sum(values), sorted(values)
        lowest, highest = float(ordered[0]), float(ordered[-1])
        floor = -LARGEST if self.signed else 0.0
        if not (isfinite(total) and lowest >= floor and highest <= self._largest):
            raise ValueError
        if self.counter:
            return self._amount(values, total)
        buckets, last = bucket_counts(ordered), float(values[-1])
        count = len(values)
        return Batch(count, failed, float(total), lowest, highest, last, buckets, ordered)

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
