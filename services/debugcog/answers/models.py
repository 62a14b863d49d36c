"""Timers and values by ``model=`` and ``provider=`` → ModelsAnswer: speed, tokens, errors, cost."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from services.debugcog.answers.figure import Figure
from services.debugcog.costs.ledger import COST, DAY, CostLedger, DayCost
from services.debugcog.costs.prices import UNITS
from services.debugcog.frozen import frozen
from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.label_sets import labels_of
from services.debugcog.timeseries.metric_names import OTHER
from services.debugcog.timeseries.snapshot import EMPTY, Summary
from services.debugcog.windows import WINDOWS, Window

METRICS = (
    "llm_generation",
    "llm_time_to_first_token",
    "tokens_input",
    "tokens_output",
    "tokens_cached",
    COST,
)
MODELS_MAX = 100
RATE_DAYS = 7
"""Days whose average the forecast of the month goes on with."""
RATE_SECONDS_MIN = 3_600.0
"""Less is no basis for a forecast."""

Model = tuple[str, str]
"""Model and provider, as their labels are."""


@frozen
class ModelRow:
    """One model of one provider, inside the window.

    Attributes:
        model: as its label is; ``other`` stands for all beyond the bound of label sets.
        provider: as its label is; empty where there is none.
        requests: that were timed.
        tokens_input: read by the model; those from a cache are among them.
        tokens_output: written by it.
        tokens_cached: read from the provider's cache.
        time_to_first_token: average, ms.
        tokens_per_second: written, for each second of generation.
        p50: of the time of a request, ms; ``p95`` likewise.
        p95: see there.
        errors: requests that raised.
        cost: of the window, in the currency of the prices; without a value where there is no price.
    """

    model: str
    provider: str
    requests: Figure
    tokens_input: Figure
    tokens_output: Figure
    tokens_cached: Figure
    time_to_first_token: Figure
    tokens_per_second: Figure
    p50: Figure
    p95: Figure
    errors: Figure
    cost: Figure


@frozen
class ModelsAnswer:
    """What the models do, and what they cost.

    Attributes:
        window: of the rows.
        models: those with the most requests first.
        today: cost since midnight, UTC.
        month: cost since the first of the month, UTC.
        forecast: cost of the whole month, if it goes on as in the last seven days.
        unpriced: models in use that have no price, so that their cost is missing.
        trouble: why there are no costs, in a sentence; None where they are in order.
    """

    window: Window
    models: tuple[ModelRow, ...]
    today: Figure
    month: Figure
    forecast: Figure
    unpriced: tuple[str, ...]
    trouble: str | None


@frozen
class Costs:
    """Sums of the ledger, in ``UNITS``; None where nothing is known."""

    today: int | None
    month: int | None
    forecast: int | None


def models(metrics: MetricsService, ledger: CostLedger, window: Window, now: float) -> ModelsAnswer:
    """Answer for a window.

    Args:
        metrics: has the numbers.
        ledger: has the costs of the last days.
        window: that the rows are of.
        now: unix seconds.
    """
    seconds = WINDOWS[window][0]
    found = {name: metrics.grouped(name, model_of, seconds) for name in METRICS}
    names = dict.fromkeys(model for groups in found.values() for model in groups if model[0])
    rows = [_row(model, found, ledger) for model in names]
    rows.sort(key=lambda row: row.requests.value or 0.0, reverse=True)
    costs = costs_of(ledger.days, ledger.currency, now) if ledger.has_prices else NO_COSTS
    return ModelsAnswer(
        window=window,
        models=tuple(rows[:MODELS_MAX]),
        today=_money(costs.today, ledger),
        month=_money(costs.month, ledger),
        forecast=_money(costs.forecast, ledger),
        unpriced=ledger.unpriced,
        trouble=ledger.trouble or None,
    )


NO_COSTS = Costs(None, None, None)


def model_of(labels: str) -> Model:
    """Return model and provider of a label set; the model is empty where none is named."""
    if labels == OTHER:
        return OTHER, ""
    named = labels_of(labels)
    return named.get("model", ""), named.get("provider", "")


def costs_of(days: Iterable[DayCost], currency: str, now: float) -> Costs:
    """Add up the costs of today and of this month, and say what the month will have cost.

    The forecast is the month so far, and for the rest of it the average of the last seven days.

    Args:
        days: of the ledger.
        currency: those of another one are left out.
        now: unix seconds.
    """
    today = int(now) // DAY
    own = [one for one in days if one.currency == currency and one.day <= today]
    first, end = _month(now)
    month = sum(one.cost for one in own if one.day * DAY >= first)
    recent = [one for one in own if one.day > today - RATE_DAYS]
    began = min((one.since for one in own), default=now)
    seconds = now - max(began, float((today - RATE_DAYS + 1) * DAY))
    rate = sum(one.cost for one in recent)
    forecast = round(month + rate * (end - now) / seconds) if seconds >= RATE_SECONDS_MIN else None
    return Costs(sum(one.cost for one in own if one.day == today), month, forecast)


def _month(now: float) -> tuple[float, float]:
    """Return when the month of a moment begins and ends, in UTC."""
    moment = datetime.fromtimestamp(now, UTC)
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
    return first, first + calendar.monthrange(moment.year, moment.month)[1] * DAY


def _row(
    model: Model, found: Mapping[str, Mapping[Model, Summary]], ledger: CostLedger
) -> ModelRow:
    calls, first, tokens_in, tokens_out, cached, cost = (
        found[name].get(model, EMPTY) for name in METRICS
    )
    return ModelRow(
        model=model[0],
        provider=model[1],
        requests=Figure(calls.count),
        tokens_input=_sum(tokens_in),
        tokens_output=_sum(tokens_out),
        tokens_cached=_sum(cached),
        time_to_first_token=Figure(first.mean if first.count else None, "ms"),
        tokens_per_second=Figure(_rate(tokens_out, calls), "tokens/s"),
        p50=Figure(calls.p50 if calls.count else None, "ms"),
        p95=Figure(calls.p95 if calls.count else None, "ms"),
        errors=Figure(calls.failed),
        cost=Figure(cost.total if cost.count else None, ledger.currency),
    )


def _sum(tokens: Summary) -> Figure:
    return Figure(round(tokens.total) if tokens.count else None)


def _rate(tokens: Summary, calls: Summary) -> float | None:
    """Return the tokens written for each second of generation, in all requests together."""
    return tokens.total / calls.total * 1000.0 if tokens.count and calls.total else None


def _money(cost: int | None, ledger: CostLedger) -> Figure:
    return Figure(None if cost is None else cost / UNITS, ledger.currency)
