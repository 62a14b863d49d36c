"""Times of commands and other handlers, by name → the rows of the table of commands."""

from __future__ import annotations

from services.debugcog.answers.figure import Figure
from services.debugcog.calls.call import ACKNOWLEDGEMENT, COMMAND, HANDLER, INTERACTION, NEAR_MS
from services.debugcog.frozen import frozen
from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.label_sets import labels_of
from services.debugcog.timeseries.snapshot import EMPTY, Summary


@frozen(kw_only=True)
class CommandRow:
    """How one command, view, form or autocompletion does.

    Attributes:
        name: as people type it; of others, with what it is: ``Confirm:view``, ``ask:autocomplete``;
            ``other`` for those beyond the bound of labels.
        calls: how many.
        mean: ms of the handler, as are the next three.
        p50: median.
        p95: 95th percentile.
        slowest: the slowest.
        errors: calls that failed.
        acknowledged: ms from the creation of the interaction to its acknowledgement, 95th
            percentile; no value of prefix commands.
        acknowledged_slowest: the slowest of them.
        unacknowledged: interactions that were acknowledged too late, twice or not at all.
    """

    name: str
    calls: Figure
    mean: Figure
    p50: Figure
    p95: Figure
    slowest: Figure
    errors: Figure
    acknowledged: Figure
    acknowledged_slowest: Figure
    unacknowledged: Figure

    @property
    def is_near(self) -> bool:
        """Return whether an acknowledgement came near Discord's limit of 3 s, or missed it."""
        slowest = self.acknowledged_slowest.value or 0.0
        return slowest >= NEAR_MS or bool(self.unacknowledged.value)


def command_rows(metrics: MetricsService, seconds: float) -> tuple[CommandRow, ...]:
    """Make the rows of a window, in seconds: first those that fail or come near 3 s, then by p95.

    Both begin with the slowest.
    """
    times = _named(metrics, INTERACTION, HANDLER, seconds)
    times |= _named(metrics, COMMAND, COMMAND, seconds)
    answers = _named(metrics, ACKNOWLEDGEMENT, HANDLER, seconds)
    names = {**times, **answers}
    rows = (_row(name, times.get(name, EMPTY), answers.get(name, EMPTY)) for name in names)
    return tuple(sorted(rows, key=_worst_first))


def labels_of_name(metrics: MetricsService, name: str, seconds: float) -> tuple[str, str]:
    """Return the metric and the label set that a row's times are of."""
    is_command = name in _named(metrics, COMMAND, COMMAND, seconds)
    metric, label = (COMMAND, COMMAND) if is_command else (INTERACTION, HANDLER)
    return metric, f"{label}={name}"


def _named(metrics: MetricsService, metric: str, label: str, seconds: float) -> dict[str, Summary]:
    return metrics.grouped(metric, lambda key: labels_of(key).get(label, key), seconds)


def _row(name: str, times: Summary, answers: Summary) -> CommandRow:
    return CommandRow(
        name=name,
        calls=Figure(times.count or answers.count),
        mean=_time(times, times.mean),
        p50=_time(times, times.p50),
        p95=_time(times, times.p95),
        slowest=_time(times, times.maximum),
        errors=Figure(times.failed),
        acknowledged=_time(answers, answers.p95),
        acknowledged_slowest=_time(answers, answers.maximum),
        unacknowledged=Figure(answers.failed),
    )


def _time(of: Summary, ms: float) -> Figure:
    return Figure(ms if of.count else None, "ms")


def _worst_first(row: CommandRow) -> tuple[bool, float, str]:
    is_fine = not (row.errors.value or row.is_near)
    return is_fine, -(row.p95.value or row.acknowledged.value or 0.0), row.name
