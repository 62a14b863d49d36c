"""Tokens of each model, at the prices of the moment → costs of each day, in SQLite.

Sums are whole numbers of ``UNITS``, so no cent is lost however many requests there are. What a
model costs is worked out from the sums of its tokens, every few seconds, off the event loop.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from services.debugcog.costs.prices import UNITS, PriceList
from services.debugcog.exceptions import storable
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.state.database import Database
from services.debugcog.state.records import DamagedRecordError
from services.debugcog.state.rows import readable
from services.debugcog.timeseries import label_sets

if TYPE_CHECKING:
    from services.debugcog.state.merge import Merge

log = own_logger("debugcog.costs")

SCHEMA = """
CREATE TABLE IF NOT EXISTS llm_costs (
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    currency TEXT NOT NULL,
    cost TEXT NOT NULL,
    since REAL NOT NULL,
    PRIMARY KEY (day, model, provider, currency)
) WITHOUT ROWID;
"""
DAY = 86_400
KEPT = 62
"""Days that are kept: this month and the last one."""
MODELS_MAX = 300
"""Models without a price that are named; a metric has a hundred label sets at most."""
TOKENS = ("tokens_input", "tokens_output", "tokens_cached")
COST = "llm_cost"
TOKENS_MAX = 1e15
"""Of one model between two calls; more are a mistake, and cost nothing."""
DIGITS_MAX = 40
LATEST = 2.0**33
"""Unix seconds, in the year 2242."""
KEY = ("day", "model", "provider", "currency")
_TYPES = (int, str, str, str, str, float)
_FIND = "SELECT * FROM llm_costs WHERE day = ? AND model = ? AND provider = ? AND currency = ?"

Key = tuple[int, str, str, str]


@frozen
class DayCost:
    """What a model has cost in one day, in UTC.

    Attributes:
        day: number of the day since 1970-01-01.
        model: as its label is.
        provider: as its label is; may be empty.
        currency: of the cost.
        cost: in ``UNITS``.
        since: when the first of it was noted, in unix seconds.
    """

    day: int
    model: str
    provider: str
    currency: str
    cost: int
    since: float

    @property
    def key(self) -> Key:
        """Return what tells it from the others."""
        return self.day, self.model, self.provider, self.currency


class Metrics(Protocol):
    """Where tokens are counted, and costs are recorded; ``MetricsService`` is it."""

    def take_sums(self, name: str) -> dict[str, float]:
        """Return the sum of what each label set of a metric got since the last call."""

    def record(self, name: str, value: float, /, **labels: object) -> None:
        """Record one value of a metric."""


def save(
    connection: sqlite3.Connection, pending: Iterable[DayCost], day: int
) -> tuple[DayCost, ...]:
    """Add costs to those of the file, forget old days, and return all that are there."""
    for one in pending:
        found = connection.execute(_FIND, one.key)
        row = next(readable(connection, "llm_costs", found, _cost, KEY), None)
        cost, since = (row.cost, row.since) if row else (0, one.since)
        values = (*one.key, str(cost + one.cost), min(since, one.since))
        connection.execute("REPLACE INTO llm_costs VALUES (?, ?, ?, ?, ?, ?)", values)
    connection.execute("DELETE FROM llm_costs WHERE day <= ?", (day - KEPT,))
    return load(connection)


def load(connection: sqlite3.Connection) -> tuple[DayCost, ...]:
    """Read the costs that are kept; damaged rows are left out."""
    rows = connection.execute("SELECT * FROM llm_costs")
    return tuple(readable(connection, "llm_costs", rows, _cost, KEY))


def take_in(merge: Merge) -> None:
    """Add what another process of the bot has noted."""
    for fields in merge.rows("llm_costs"):
        found = merge.target.execute(_FIND, tuple(fields[name] for name in KEY)).fetchone()
        try:
            theirs = _checked(*fields.values())
            ours = _checked(*found) if found else None
        except DamagedRecordError:
            merge.add("llm_costs", fields)  # its reader puts it aside
            continue
        cost, since = (ours.cost, ours.since) if ours else (0, theirs.since)
        total = {"cost": str(cost + theirs.cost), "since": min(since, theirs.since)}
        merge.add("llm_costs", {**fields, **total}, over=True)


class CostLedger:
    """Adds up what models cost; ``save`` waits for the disk, ``days`` may be read by any thread.

    Args:
        metrics: has the tokens, by ``model=`` and ``provider=``; gets ``llm_cost``.
        database: with this module's ``SCHEMA``.
        prices: of the setting.
        clock: unix time in seconds.
    """

    def __init__(
        self,
        metrics: Metrics,
        database: Database,
        prices: PriceList,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._metrics = metrics
        self._database = database
        self._prices = prices
        self._clock = clock
        self._tokens: dict[tuple[str, str], dict[str, float]] = {}
        self._pending: dict[Key, DayCost] = {}
        self._unpriced: dict[tuple[str, str], None] = {}
        self.days: tuple[DayCost, ...] = ()

    @property
    def currency(self) -> str:
        """Return the currency of the prices."""
        return self._prices.prices.currency

    @property
    def has_prices(self) -> bool:
        """Return whether there is a price of any model."""
        return bool(self._prices.prices.models)

    @property
    def trouble(self) -> str:
        """Say why there is no cost, in a sentence; empty where the prices are in order."""
        if not self._prices.trouble:
            return ""
        return f"No cost of models is shown. LLM_PRICES: {self._prices.trouble}"

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Name the models that have been used and have no price."""
        return tuple(
            "/".join(filter(None, (provider, model))) for model, provider in self._unpriced
        )

    def cost_of(self, name: str, tokens: Iterable[int]) -> int | None:
        """Return what tokens of a model cost at today's prices, in ``UNITS``; None without a price.

        Args:
            name: ``provider/model``, or the model alone, which may have a stroke in it, too.
            tokens: input, output, and those of the input that came from a cache.
        """
        provider, _, model = name.partition("/")
        prices = self._prices.prices
        price = prices.find(name, "") or prices.find(model, provider)
        return price.of(*tokens) if price else None

    def restore(self) -> None:
        """Read the prices and what earlier runs have noted.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        self._read_prices()
        self.days = self._database.submit(load).result()

    def save(self) -> None:
        """Price the tokens that have come since the last call, and add them to their day.

        Raises:
            sqlite3.Error: nothing was written; the next call tries the same again.
        """
        self._price()
        self._read_prices()
        if self._pending:
            day = int(self._clock()) // DAY
            work = partial(save, pending=tuple(self._pending.values()), day=day)
            self.days = self._database.submit(work).result()
            self._pending.clear()

    def _read_prices(self) -> None:
        if self._prices.read() and self._prices.trouble:
            log.warning("%s", self.trouble)

    def _price(self) -> None:
        for name in TOKENS:
            for labels, amount in self._metrics.take_sums(name).items():
                self._take(name, label_sets.labels_of(labels), amount)
        for (model, provider), tokens in tuple(self._tokens.items()):
            price = self._prices.prices.find(model, provider)
            cost = price.of(*(tokens.get(name, 0.0) for name in TOKENS)) if price else 0
            if cost < 0:  # its cached tokens have come, and those of its input have not yet
                continue
            del self._tokens[model, provider]
            if price is None:
                self._note_unpriced(model, provider)
            elif cost:
                self._add(model, provider, cost)

    def _take(self, name: str, labels: Mapping[str, str], amount: float) -> None:
        model = labels.get("model")
        if model and amount <= TOKENS_MAX:
            tokens = self._tokens.setdefault((model, labels.get("provider", "")), {})
            tokens[name] = tokens.get(name, 0.0) + amount

    def _add(self, model: str, provider: str, cost: int) -> None:
        self._unpriced.pop((model, provider), None)
        labels = {"model": model, "provider": provider} if provider else {"model": model}
        self._metrics.record(COST, cost / UNITS, **labels)
        now = self._clock()
        key = (int(now) // DAY, storable(model), storable(provider), self.currency)
        before = self._pending.get(key) or DayCost(*key, 0, now)
        self._pending[key] = DayCost(*key, before.cost + cost, before.since)

    def _note_unpriced(self, model: str, provider: str) -> None:
        if self.has_prices and len(self._unpriced) < MODELS_MAX:
            self._unpriced[model, provider] = None


def _cost(row: sqlite3.Row) -> DayCost:
    return _checked(*row)


def _checked(*values: Any) -> DayCost:
    if tuple(map(type, values)) != _TYPES:
        raise DamagedRecordError("its columns are of other types")
    day, model, provider, currency, cost, since = values
    if not (cost.isascii() and cost.isdecimal() and len(cost) <= DIGITS_MAX):
        raise DamagedRecordError("its cost is no number")
    if not (0 <= day * DAY <= LATEST and 0 <= since <= LATEST):
        raise DamagedRecordError("a time that cannot be")
    return DayCost(day, model, provider, currency, int(cost), since)
