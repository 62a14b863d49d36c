"""LLM_PRICES, JSON or the path of a JSON or TOML file → the prices of models; exact, no floats."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from services.debugcog.costs import exact
from services.debugcog.frozen import frozen
from services.debugcog.timeseries import label_sets
from services.debugcog.timeseries.metric_names import label_key
from services.debugcog.units import CURRENCIES

BYTES_MAX = 1_000_000
MODELS_MAX = 1_000
PRICE_MAX = 10**6
DECIMALS_MAX = 6
UNITS = 10**12
"""Costs are whole numbers of these parts of a dollar, or what the currency is: one token at a price
of 0.000001 a million costs one of them."""
FIELDS = ("input", "output", "cached")
EXAMPLE = '{"gpt-4o-mini": {"input": 0.15, "output": 0.6}}'


class PriceError(ValueError):
    """The prices cannot be used; the text says why."""


@frozen
class Price:
    """What a token of a model costs, in ``UNITS``.

    Attributes:
        input: a token that the model reads.
        output: a token that it writes.
        cached: a token that it reads, and that its provider has in a cache.
    """

    input: int
    output: int
    cached: int

    def of(self, tokens_input: float, tokens_output: float, tokens_cached: float) -> int:
        """Return what some tokens cost; the cached ones are among those of the input."""
        fresh = exact.Fraction(tokens_input) - exact.Fraction(tokens_cached)
        written, read = exact.Fraction(tokens_output), exact.Fraction(tokens_cached)
        return round(fresh * self.input + written * self.output + read * self.cached)


@frozen
class Prices:
    """What is known of prices.

    Attributes:
        currency: of all of them.
        models: ``model`` or ``provider/model`` → its price.
    """

    currency: str = "USD"
    models: Mapping[str, Price] = field(default_factory=dict)

    def find(self, model: str, provider: str) -> Price | None:
        """Return the price of a model of a provider; None where nobody has told it."""
        return self.models.get(f"{provider}/{model}") or self.models.get(model)


def parsed(text: str, *, is_toml: bool = False) -> Prices:
    """Read prices.

    Args:
        text: model → ``input``, ``output`` and, where it differs, ``cached``, each for a million
            tokens; and ``currency``.
        is_toml: not JSON.

    Raises:
        PriceError: something in it is no price; says what.
    """
    given = _document(text, is_toml)
    currency = given.pop("currency", "USD")
    if currency not in CURRENCIES:
        raise PriceError(f"currency {currency!r:.20}: expected one of {', '.join(CURRENCIES)}")
    if len(given) > MODELS_MAX:
        raise PriceError(f"{len(given)} models are too many: {MODELS_MAX} at most")
    models: dict[str, Price] = {}
    for name, price in given.items():
        models[_full_label(name)] = _price(name, price)
        models.setdefault(_label(name), models[_full_label(name)])
    return Prices(currency, models)


class PriceList:
    """The prices of a setting; those of a file are read again when it changes.

    Args:
        setting: of LLM_PRICES: JSON, a path, or nothing.
        folder: that a path starts from.
    """

    def __init__(self, setting: str, folder: Path) -> None:
        self._setting = setting
        self._path = None if not setting or setting.startswith("{") else folder / setting
        self._seen: tuple[int, int] | None = None
        self._is_read = False
        self.prices = Prices()
        self.trouble = ""

    def read(self) -> bool:
        """Read what has changed, which may wait for the disk; return whether anything has."""
        try:
            seen = self._stat()
            if self._is_read and seen == self._seen:
                return False
            self._is_read, self._seen = True, seen
            self.prices, self.trouble = self._read(), ""
        except OSError as error:
            return self._failed(f"{self._path} cannot be read, {error.strerror or error}")
        except (ValueError, RecursionError) as error:
            return self._failed(f"{self._path or 'the setting'}: {error}")
        return True

    def _stat(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        found = os.stat(self._path)  # noqa: PTH116 - as short
        return found.st_mtime_ns, found.st_size

    def _read(self) -> Prices:
        if self._path is None:
            return parsed(self._setting) if self._setting else Prices()
        with self._path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
        if len(data) > BYTES_MAX:
            raise PriceError(f"it is larger than {BYTES_MAX:,} bytes")
        return parsed(data.decode(), is_toml=self._path.suffix == ".toml")

    def _failed(self, why: str) -> bool:
        """Forget the prices: a cost by old ones would be a guess."""
        is_news = why != self.trouble
        self.prices, self.trouble = Prices(), why
        return is_news


def _document(text: str, is_toml: bool) -> dict[str, Any]:
    try:
        given = (_toml if is_toml else _json)(text)
    except (ValueError, RecursionError) as error:
        kind = "TOML" if is_toml else "JSON"
        raise PriceError(f"this is no {kind}, {error}") from None
    if not isinstance(given, dict):
        raise PriceError(f"expected prices by model, such as {EXAMPLE}")
    return given


def _json(text: str) -> Any:
    return json.loads(text, parse_float=exact.Decimal)


def _toml(text: str) -> Any:
    import tomllib  # only where somebody uses it: it takes as long to import as all of this

    return tomllib.loads(text, parse_float=exact.Decimal)


def _price(model: str, given: object) -> Price:
    if not isinstance(given, dict) or not {"input", "output"} <= given.keys() <= set(FIELDS):
        raise PriceError(f"model {model[:60]!r}: expected input, output and, if need be, cached")
    price = {name: _units(f"{model[:60]}: {name}", value) for name, value in given.items()}
    return Price(**{"cached": price["input"], **price})


def _units(name: str, value: object) -> int:
    """Return a price of a million tokens as one of a token; the figure stays the same."""
    if type(value) not in (int, exact.Decimal):
        raise PriceError(f"{name} is {value!r:.20}, not a number")
    price = exact.Decimal(value)  # type: ignore[arg-type]  # as the line before says
    if not price.is_finite() or not 0 <= price <= PRICE_MAX:
        raise PriceError(f"{name} is {value!s:.20}, not a price from 0 to {PRICE_MAX:,}")
    is_long = bool(price) and price.adjusted() < -DECIMALS_MAX  # maybe too long to work with
    units = exact.Fraction(0 if is_long else price) * 10**DECIMALS_MAX
    if is_long or units.denominator != 1:
        raise PriceError(f"{name} is {value!s:.20}: give {DECIMALS_MAX} decimals at most")
    return int(units)


def _full_label(name: str) -> str:
    """Write ``provider/model`` as two labels: each of them may be as long as a label can be."""
    return "/".join(_label(part) for part in name.split("/", 1))


def _label(name: str) -> str:
    """Write a model as the label of a metric is written."""
    return label_sets.labels_of(label_key({"model": name}))["model"]
