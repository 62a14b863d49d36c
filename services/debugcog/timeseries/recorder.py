"""record(), increment() and timer() from any thread → values queued at their metric.

The hot path appends the bare value to a list and returns: no lock, no clock, one look at its type;
what is no int or float of Python's own is made one. A value is checked, gets its time and its place
in the histogram when the list is folded: by a thread up to four times a second, and before queries.
Whatever is unusual (a name's first value, strict mode) is kept out of the dictionaries that the hot
path reads: it costs a KeyError there, and nothing elsewhere. A metric that is overrun has something
else than a list there, which makes its callers help to fold.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from services.debugcog.guard import attempt, is_hosts, own_logger
from services.debugcog.interpreter import at_exit, in_child
from services.debugcog.periodic import PeriodicThread
from services.debugcog.timeseries import numeric
from services.debugcog.timeseries.attribution import AttributedInlet, attribute
from services.debugcog.timeseries.intake import CROWD, Intake
from services.debugcog.timeseries.metric import Metric
from services.debugcog.timeseries.metric_names import ATTRIBUTED, label_key
from services.debugcog.timeseries.refusals import as_refusal, log_text
from services.debugcog.timeseries.registry import Nowhere, Registry
from services.debugcog.timeseries.timer import IdleTimer, Timer

if TYPE_CHECKING:
    from services.debugcog.timeseries.intake import Inlet

log = own_logger("debugcog.metrics")

ONE = 1
"""What is added as a rule: the same object is known faster than its type."""

MAX_REMEMBERED = 5000
"""Metrics with labels, as callers write them, whose intake is remembered."""

MAX_LOGGED = 50
"""Refusals that are told in the log; all are counted."""

FEW = 1000
"""Values between two folds up to which the next one may be later."""

LONGEST_WAIT = 1.0
"""Seconds from one fold to the next where they would be more frequent if more values came."""

CLOSING = 1.0
"""Seconds in which the thread makes its last fold; it takes longer where a host's value hangs."""


class Recorder:
    """Takes numbers from any thread, and folds them into their series.

    Args:
        strict: raise ValueError for a bad name or value; otherwise they are counted and ignored.
        clock: unix time in seconds.
        fold_interval: seconds between two folds, and up to a second while few values come; None
            leaves folding to who calls ``fold()``.
        max_label_sets: label sets kept apart for each metric; the rest share ``other``.
    """

    def __init__(
        self,
        *,
        strict: bool,
        clock: Callable[[], float] = time.time,
        fold_interval: float | None,
        max_label_sets: int,
    ) -> None:
        self._clock = clock
        self._strict = strict
        self._registry = Registry(max_label_sets)
        self._off = False
        self._folder = (
            PeriodicThread("debugcog-metrics", self._fold_in_turn, fold_interval, weak=True)
            if fold_interval is not None
            else None
        )
        self._folded = 0
        self._refused = 0
        self._logged: set[str] = set()
        self._values: dict[str, Inlet] = {}
        self._counts: dict[str, Inlet] = {}
        self._timed: dict[str, Intake] = {}
        self._remembered: dict[tuple[object, ...], tuple[Metric, Intake]] = {}
        self._idle = IdleTimer()
        self._is_ending = False
        self._folds_at_once = False  # no thread could be started, or the program ends
        self._last_fold = at_exit(self, Recorder._end)
        in_child(self, Recorder._go_on_in_child)

    def record(self, name: str, value: float, /, **labels: object) -> None:
        """Record one value of a metric."""
        if labels:
            self._accept(False, name, value, labels)
            return
        try:
            self._values[name].append(
                value if type(value) is float or type(value) is int else numeric.as_number(value)
            )
        except KeyError:  # a new name, or one that is kept out
            self._accept(False, name, value, labels)
        except BaseException as error:
            if not is_hosts(error):
                raise
            self._accept(False, name, value, labels)

    def increment(self, name: str, /, amount: int = ONE, **labels: object) -> None:
        """Add a whole number, zero or more, to a counter; ``amount`` is no name of a label."""
        if labels:
            self._accept(True, name, amount, labels)
            return
        try:
            self._counts[name].append(
                amount if amount is ONE or type(amount) is int else numeric.as_number(amount)
            )
        except KeyError:  # a new name, or one that is kept out
            self._accept(True, name, amount, labels)
        except BaseException as error:
            if not is_hosts(error):
                raise
            self._accept(True, name, amount, labels)

    def timer(self, name: str, /, **labels: object) -> Timer:
        """Time a block (``with``), or each call of a function of any kind (decorator), in ms."""
        if self._off:
            return self._idle
        if labels:
            return self._timer(name, labels)
        try:
            return Timer(self._timed[name])
        except BaseException as error:
            if not is_hosts(error):
                raise
            return self._timer(name, labels)

    def fold(self, now: float | None = None) -> None:
        """Give pending values their time and place; the service's own thread does it by itself."""
        self._fold(self._clock() if now is None else now, tell=True)

    def _fold(self, now: float, *, tell: bool) -> None:
        for metric in self._registry:
            if metric.rests:
                continue
            if metric.crowd(self._help):
                self._forget_shortcuts()
            metric.fold(now, tell=tell)

    def settle(self) -> None:
        """Fold and tell what is pending, without waiting for a listener that hangs."""
        if self._folder is not None and self._folder.flush(CLOSING):
            return
        is_alone = self._folder is None or not self._folder.alive
        for metric in self._registry:
            metric.fold(self._clock(), wait=False, tell=is_alone)

    @property
    def strict(self) -> bool:
        """Whether a bad name or value raises ValueError."""
        return self._strict

    @strict.setter
    def strict(self, strict: bool) -> None:
        self._strict = strict
        self._forget_shortcuts()

    def close(self) -> None:
        """End the thread and fold what is pending; later values are ignored, queries go on."""
        self._turn_off()
        atexit.unregister(self._last_fold)
        if self._folder:
            self._folder.stop(CLOSING)
        now, hangs = self._clock(), self._folder is not None and self._folder.alive
        for metric in self._registry:
            metric.stop(now, wait=not hangs)

    def _turn_off(self) -> None:
        self._off = True
        self._values = self._counts = Nowhere()

    def _forget_shortcuts(self) -> None:
        self._values.clear()
        self._counts.clear()
        self._remembered.clear()

    def _accept(self, counter: bool, name: str, value: float, labels: Mapping[str, object]) -> None:
        """Take a value the long way: with labels, for the first time, or strictly."""
        if self._off:
            return
        try:
            metric, intake = self._intake(counter, name, labels)
            value = metric.convert(value)
            if self._strict:
                metric.check(value)
        except BaseException as problem:
            if not is_hosts(problem):
                raise
            self._refuse(problem)
            return
        intake.pending.append(value)
        if metric.name in ATTRIBUTED:
            attribute(intake, value)
        if len(intake.pending) > CROWD or self._folds_at_once:
            self._help(metric)

    def _fold_in_turn(self) -> float | None:
        """Fold, and return a longer wait while only a few values come: each wake-up costs."""
        self.fold()
        before, self._folded = self._folded, sum(metric.taken for metric in self._registry)
        interval = self._folder.interval if self._folder else None
        if interval is None or self._folded - before > FEW:
            return None
        return max(interval, min(4 * interval, LONGEST_WAIT))

    def _help(self, metric: Metric) -> None:
        if not metric.is_folded:
            metric.fold(self._clock(), wait=False, tell=self._folds_at_once)

    def _intake(
        self, counter: bool, name: str, labels: Mapping[str, object]
    ) -> tuple[Metric, Intake]:
        key = (counter, name, *labels.items())
        try:
            return self._remembered[key]
        except BaseException as error:
            if not is_hosts(error):
                raise
            metric = self._registry.metric(name, counter=counter)
        intake = metric.labelled(label_key(labels)) if labels else metric.intake
        if self._folder:
            self._folder.start()
            self._folds_at_once = self._is_ending or not self._folder.alive
        if not (labels or self._strict or self._folds_at_once):
            inlet = AttributedInlet(intake) if metric.name in ATTRIBUTED else intake.inlet
            (self._counts if counter else self._values)[name] = inlet
        elif not (intake.shared or self._strict) and len(self._remembered) < MAX_REMEMBERED:
            self._remembered[key] = metric, intake
        return metric, intake

    def _timer(self, name: str, labels: Mapping[str, object]) -> Timer:
        try:
            metric, intake = self._intake(False, name, labels)
            if not labels:
                self._timed[name] = intake
        except BaseException as problem:
            if not is_hosts(problem):
                raise
            self._refuse(problem)
            return self._idle
        metric.signed, metric.timed = False, True  # no duration is below zero
        return Timer(intake)

    def _end(self) -> None:
        """Fold what is pending when the program ends; what comes now is folded where it comes."""
        self._is_ending = self._folds_at_once = True
        self._forget_shortcuts()
        self.settle()

    def _go_on_in_child(self) -> None:
        """Let callers help until the thread runs here, too: a name's next value starts it."""
        for metric in self._registry:
            metric.crowd(self._help, at_once=True)
        self._forget_shortcuts()

    def _refuse(self, problem: BaseException) -> None:
        refusal = as_refusal(problem)
        if self._strict:
            raise refusal
        self._refused += 1
        text = log_text(refusal)
        if text not in self._logged and len(self._logged) < MAX_LOGGED:
            self._logged.add(text)
            attempt(lambda: log.warning("Values are refused: %s", text), None)
