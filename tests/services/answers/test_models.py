"""Models by their labels: speed, tokens, errors and cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.debugcog.answers.figure import Figure
from services.debugcog.answers.models import Costs, ModelRow, costs_of, model_of, models
from services.debugcog.costs.ledger import DAY, SCHEMA, CostLedger, DayCost
from services.debugcog.costs.prices import UNITS, PriceList
from services.debugcog.metrics import MetricsService
from services.debugcog.state.database import Database
from tests.clock import Clock

PRICES = '{"small": {"input": 0.15, "output": 0.6, "cached": 0.075}}'
SMALL = {"model": "small", "provider": "ollama"}
NOON = datetime(2027, 1, 15, 12, tzinfo=UTC).timestamp()
TODAY = int(NOON) // DAY


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def metrics(clock: Clock) -> Iterator[MetricsService]:
    metrics = MetricsService(clock=clock, fold_interval=None)
    yield metrics
    metrics.close()


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    database = Database(tmp_path / "state.sqlite3", [SCHEMA], clock)
    database.open()
    yield database
    database.close()


def ledger_of(
    metrics: MetricsService, database: Database, clock: Clock, prices: str = PRICES
) -> CostLedger:
    ledger = CostLedger(metrics, database, PriceList(prices, Path()), clock)
    ledger.restore()
    return ledger


def spend(metrics: MetricsService) -> None:
    """Two requests of one model, one of another, and one of which nothing is said."""
    for milliseconds, first in ((1000.0, 200.0), (3000.0, 400.0)):
        metrics.record("llm_generation", milliseconds, **SMALL)
        metrics.record("llm_time_to_first_token", first, **SMALL)
        metrics.record("tokens_input", 1_000_000, **SMALL)
        metrics.record("tokens_cached", 400_000, **SMALL)
        metrics.record("tokens_output", 40, **SMALL)
    metrics.record("llm_generation", 5.0, model="large")
    metrics.record("tokens_input", 10, model="large")
    metrics.record("llm_generation", 5.0)
    metrics.record("llm_generation", 5.0, guild=7)


def test_each_model_has_its_figures(
    metrics: MetricsService, database: Database, clock: Clock
) -> None:
    ledger = ledger_of(metrics, database, clock)
    spend(metrics)
    with pytest.raises(RuntimeError), metrics.timer("llm_generation", model="large"):
        raise RuntimeError
    ledger.save()
    answer = models(metrics, ledger, "1h", clock.now)
    small, large = answer.models
    assert small == ModelRow(
        model="small",
        provider="ollama",
        requests=Figure(2),
        tokens_input=Figure(2_000_000),
        tokens_output=Figure(80),
        tokens_cached=Figure(800_000),
        time_to_first_token=Figure(300, "ms"),
        tokens_per_second=Figure(20, "tokens/s"),
        p50=small.p50,
        p95=small.p95,
        errors=Figure(0),
        cost=Figure(0.240048, "USD"),
    )
    assert small.p50.value == pytest.approx(1000, rel=0.01)
    assert small.p95.value == pytest.approx(3000, rel=0.01)
    assert small.cost.text == "0.24 USD"
    assert small.tokens_input.text == "2,000,000", "a number of things is written in full"
    assert small.tokens_per_second.text == "20 tokens/s"
    assert (large.model, large.provider, large.requests) == ("large", "", Figure(2))
    assert (large.errors, large.cost) == (Figure(1), Figure(None, "USD"))
    assert (large.tokens_output, large.time_to_first_token) == (Figure(None), Figure(None, "ms"))
    assert answer.unpriced == ("large",)
    assert answer.trouble is None
    assert answer.today.value == answer.month.value == 0.240048
    assert answer.forecast == Figure(None, "USD"), "an hour has not gone by"


def test_label_sets_of_one_model_are_one_row(
    metrics: MetricsService, database: Database, clock: Clock
) -> None:
    for number in range(1, 101):
        metrics.record("llm_generation", float(number), model="small", guild=number % 2)
    (row,) = models(metrics, ledger_of(metrics, database, clock), "5m", clock.now).models
    assert row.requests == Figure(100)
    assert row.p50.value == pytest.approx(50, rel=0.02)
    assert row.p95.value == pytest.approx(95, rel=0.02)


def test_without_prices_there_is_no_cost_and_no_guess(
    metrics: MetricsService, database: Database, clock: Clock
) -> None:
    ledger = ledger_of(metrics, database, clock, "")
    spend(metrics)
    ledger.save()
    answer = models(metrics, ledger, "1h", clock.now)
    none = Figure(None, "USD")
    assert (answer.today, answer.month, answer.forecast) == (none, none, none)
    assert {row.cost for row in answer.models} == {none}
    assert (answer.unpriced, answer.trouble) == ((), None)


def test_bad_prices_are_told_where_costs_would_be(
    metrics: MetricsService, database: Database, clock: Clock
) -> None:
    answer = models(metrics, ledger_of(metrics, database, clock, "{"), "1h", clock.now)
    assert answer.trouble is not None
    assert answer.trouble.startswith("No cost of models is shown. LLM_PRICES: the setting: ")


def test_the_label_sets_beyond_the_bound_are_one_row() -> None:
    assert model_of("other") == ("other", "")
    assert model_of("guild=7,model=small,provider=ollama") == ("small", "ollama")
    assert model_of("guild=7") == ("", "")


def cost(day: int, amount: int, *, currency: str = "USD", since: float = 0.0) -> DayCost:
    return DayCost(day, "small", "", currency, amount * UNITS, since or day * DAY)


def test_the_month_goes_on_as_the_last_seven_days() -> None:
    days = [cost(TODAY - back, 2) for back in range(40)] + [cost(TODAY, 100, currency="EUR")]
    found = costs_of(days, "USD", NOON)
    assert found.today == 2 * UNITS
    assert found.month == 30 * UNITS
    assert found.forecast == 30 * UNITS + round(14 * UNITS * 16.5 / 6.5)


def test_a_young_ledger_goes_on_as_it_began() -> None:
    days = [cost(TODAY, 5, since=NOON - 3600)]
    assert costs_of(days, "USD", NOON) == Costs(
        5 * UNITS, 5 * UNITS, round(5 * UNITS + 5 * UNITS * 16.5 * 24)
    )
    assert costs_of(days, "USD", NOON - 1).forecast is None
    assert costs_of([], "USD", NOON) == Costs(0, 0, None)


def test_a_month_ends_where_the_calendar_says() -> None:
    leap = datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC).timestamp()
    day = int(leap) // DAY
    found = costs_of([cost(day, 86_399), cost(day - 29, 7)], "USD", leap)
    assert found.month == 86_399 * UNITS
    assert found.forecast is not None
    assert found.forecast - found.month < UNITS
    next_month = costs_of([cost(day, 1)], "USD", leap + 1)
    assert (next_month.today, next_month.month) == (0, 0)
