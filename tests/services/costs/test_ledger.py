"""What models cost is added up exactly, day by day, over price changes and restarts."""

from __future__ import annotations

import logging
import os
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from services.debugcog.costs.ledger import KEPT, SCHEMA, CostLedger, take_in
from services.debugcog.costs.prices import UNITS, PriceList
from services.debugcog.metrics import MetricsService
from services.debugcog.state.database import Database
from services.debugcog.state.merge import merge
from services.debugcog.state.state_file import SCHEMAS as STATE
from tests.clock import Clock

DAY = 86_400
PRICES = (
    {"small": ("0.15", "0.6", "0.075"), "cloud/large": ("2.5", "10", "1.25")},
    {"small": ("0.1", "0.4", "0.025"), "cloud/large": ("3", "15.5", "0.3")},
)
"""Before and after a change: of a million tokens of the input, the output and the cache."""


class Run:
    """One process of a bot: its metrics, its file, its ledger."""

    def __init__(self, folder: Path, clock: Clock, setting: str = "prices.json") -> None:
        self.metrics = MetricsService(clock=clock, fold_interval=None)
        self.database = Database(folder / "state.sqlite3", [SCHEMA], clock)
        self.database.open()
        prices = PriceList(setting, folder)
        self.ledger = CostLedger(self.metrics, self.database, prices, clock)
        self.ledger.restore()

    def request(self, tokens: tuple[int, int, int], **labels: str) -> None:
        for name, amount in zip(("input", "output", "cached"), tokens, strict=True):
            self.metrics.record(f"tokens_{name}", amount, **labels)

    def kill(self) -> None:
        self.database.close()
        self.metrics.close()

    def end(self) -> None:
        self.ledger.save()
        self.kill()


def write_prices(folder: Path, prices: dict[str, tuple[str, str, str]]) -> None:
    models = (
        f'"{model}": {{"input": {given[0]}, "output": {given[1]}, "cached": {given[2]}}}'
        for model, given in prices.items()
    )
    file = folder / "prices.json"
    file.write_text(f"{{{', '.join(models)}}}")
    write_prices.calls += 1  # type: ignore[attr-defined]
    os.utime(file, (write_prices.calls,) * 2)  # type: ignore[attr-defined]


write_prices.calls = 0  # type: ignore[attr-defined]


@pytest.fixture
def clock() -> Clock:
    return Clock(1_800_000_000.0 // DAY * DAY + 3600)


@pytest.fixture
def run(tmp_path: Path, clock: Clock) -> Iterator[Run]:
    write_prices(tmp_path, PRICES[0])
    run = Run(tmp_path, clock)
    yield run
    run.kill()


def total(run: Run) -> Decimal:
    return sum((Decimal(one.cost) for one in run.ledger.days), Decimal(0)) / UNITS


def test_ten_thousand_requests_cost_what_a_ledger_says(tmp_path: Path, clock: Clock) -> None:
    source = random.Random(9)
    owed: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
    write_prices(tmp_path, PRICES[0])
    run = Run(tmp_path, clock)
    prices = PRICES[0]
    labels = ({"model": "small"}, {"model": "large", "provider": "cloud"}, {"model": "unknown"})
    for number in range(10_000):
        if number == 4_000:
            run.end()
            run = Run(tmp_path, clock)
        if number == 6_000:
            run.ledger.save()
            prices = PRICES[1]
            write_prices(tmp_path, prices)
            run.ledger.save()
        label = source.choice(labels)
        read = source.randrange(1, 5_000)
        tokens = (read, source.randrange(1, 900), source.randrange(read))
        run.request(tokens, **label)
        name = "/".join(filter(None, (label.get("provider"), label["model"])))
        if name in prices:
            costs = [Decimal(one) for one in prices[name]]
            amounts = (tokens[0] - tokens[2], tokens[1], tokens[2])
            key = (int(clock.now) // DAY, label["model"], label.get("provider", ""))
            each = (cost * count for cost, count in zip(costs, amounts, strict=True))
            owed[key] += sum(each, Decimal(0)) / 10**6
        clock.turn(30)
        if number % 70 == 0 or int(clock.now) // DAY != int(clock.now - 30) // DAY:
            clock.turn(-30)
            run.ledger.save()
            clock.turn(30)
    run.end()
    last = Run(tmp_path, clock)
    found = {
        (one.day, one.model, one.provider): Decimal(one.cost) / UNITS for one in last.ledger.days
    }
    assert found == dict(owed)
    assert len(found) == 8
    last.kill()


def test_the_cost_of_a_window_is_a_metric(run: Run) -> None:
    run.request((1_000_000, 100_000, 0), model="large", provider="cloud")
    run.request((1_000_000, 0, 0), model="small")
    run.ledger.save()
    labelled = run.metrics.snapshot(300).labelled["llm_cost"]
    assert {key: summary.total for key, summary in labelled.items()} == {
        "model=large,provider=cloud": 3.5,
        "model=small": 0.15,
    }


def test_a_model_without_a_price_costs_nothing_and_is_named(run: Run) -> None:
    run.request((10, 10, 0), model="unknown", provider="cloud")
    run.request((10, 10, 0), model="large")
    run.metrics.record("tokens_input", 10)
    run.ledger.save()
    assert run.ledger.days == ()
    assert run.ledger.unpriced == ("cloud/unknown", "large")


def test_tokens_of_a_time_without_a_price_are_not_priced_later(run: Run, tmp_path: Path) -> None:
    run.request((10, 10, 0), model="new")
    run.ledger.save()
    write_prices(tmp_path, {**PRICES[0], "new": ("1", "1", "1")})
    run.ledger.save()
    run.request((1_000_000, 0, 0), model="new")
    run.ledger.save()
    assert total(run) == 1
    assert run.ledger.unpriced == ()


def test_cached_tokens_that_come_before_those_of_the_input_wait_for_them(run: Run) -> None:
    run.metrics.record("tokens_cached", 500_000, model="small")
    run.ledger.save()
    assert run.ledger.days == ()
    run.metrics.record("tokens_input", 1_000_000, model="small")
    run.ledger.save()
    assert total(run) == Decimal("0.1125")


def test_a_mistaken_number_of_tokens_costs_nothing(run: Run) -> None:
    run.metrics.record("tokens_input", 1e99, model="small")
    run.ledger.save()
    run.request((1_000_000, 0, 0), model="small")
    run.ledger.save()
    assert total(run) == Decimal("0.15")


def test_what_could_not_be_written_is_written_the_next_time(run: Run) -> None:
    run.request((1_000_000, 0, 0), model="small")
    run.database.submit(lambda file: file.execute("ALTER TABLE llm_costs RENAME TO x")).result()
    with pytest.raises(sqlite3.OperationalError):
        run.ledger.save()
    run.request((1_000_000, 0, 0), model="small")
    run.database.submit(lambda file: file.execute("ALTER TABLE x RENAME TO llm_costs")).result()
    run.ledger.save()
    assert total(run) == Decimal("0.3")


def test_bad_prices_are_warned_of_once_and_cost_nothing(
    run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "prices.json"
    file.write_text("{")
    with caplog.at_level(logging.WARNING, "debugcog.costs"):
        run.ledger.save()
        run.ledger.save()
    trouble = (
        f"No cost of models is shown. LLM_PRICES: {file}: this is no JSON, Expecting property "
        "name enclosed in double quotes: line 1 column 2 (char 1)"
    )
    assert [record.getMessage() for record in caplog.records] == [trouble]
    assert run.ledger.trouble == trouble
    assert not run.ledger.has_prices
    run.request((1_000_000, 0, 0), model="small")
    run.ledger.save()
    assert run.ledger.days == ()


def test_days_of_long_ago_are_forgotten(run: Run, clock: Clock) -> None:
    run.request((1_000_000, 0, 0), model="small")
    run.ledger.save()
    clock.turn(KEPT * DAY)
    run.request((1_000_000, 0, 0), model="small")
    run.ledger.save()
    assert [one.day for one in run.ledger.days] == [int(clock.now) // DAY]


def test_a_service_that_outlives_the_cog_is_billed_once(tmp_path: Path, clock: Clock) -> None:
    write_prices(tmp_path, PRICES[0])
    first = Run(tmp_path, clock)
    first.request((1_000_000, 0, 0), model="small")
    first.ledger.save()
    first.request((1_000_000, 0, 0), model="small")
    first.database.close()
    second = Run(tmp_path, clock)
    ledger = CostLedger(first.metrics, second.database, PriceList("prices.json", tmp_path), clock)
    ledger.restore()
    ledger.save()
    assert sum(one.cost for one in ledger.days) == 0.3 * UNITS
    second.kill()
    first.metrics.close()


@pytest.mark.parametrize("value", ["'-1'", "'1.5'", "'" + "9" * 41 + "'", "X'00'"])
def test_a_damaged_row_is_put_aside(tmp_path: Path, clock: Clock, run: Run, value: str) -> None:
    run.request((1_000_000, 0, 0), model="small")
    run.request((1_000_000, 0, 0), model="large", provider="cloud")
    run.end()
    with closing(sqlite3.connect(tmp_path / "state.sqlite3")) as file:
        file.execute(f"UPDATE llm_costs SET cost = {value} WHERE model = 'small'")
        file.commit()
    later = Run(tmp_path, clock)
    assert [one.model for one in later.ledger.days] == ["large"]
    assert "1 of llm_costs" in (later.database.trouble or "")
    later.kill()


def test_what_another_process_noted_is_added(tmp_path: Path, clock: Clock) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_prices(tmp_path / name, PRICES[0])
        run = Run(tmp_path / name, clock)
        run.request((1_000_000, 0, 0), model="small")
        run.end()
    target, source = (_open(tmp_path / name / "state.sqlite3") for name in ("one", "two"))
    merge(source, target, [take_in], clock.now)
    target.close()
    source.close()
    later = Run(tmp_path / "one", clock)
    assert total(later) == Decimal("0.3")
    later.kill()


def test_a_free_model_is_priced_and_has_no_rows(run: Run, tmp_path: Path) -> None:
    write_prices(tmp_path, {"free": ("0", "0", "0")})
    run.ledger.save()
    run.request((10, 10, 0), model="free")
    run.ledger.save()
    assert (run.ledger.days, run.ledger.unpriced) == ((), ())


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for schema in STATE:
        connection.executescript(schema)
    return connection
