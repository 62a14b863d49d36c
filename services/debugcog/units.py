"""Text and a rule's unit → a value in that unit, and back: ``1.5 GB`` is 1536 in MB."""

from __future__ import annotations

import re
from collections.abc import Mapping

SMALLEST, LARGEST = 1e-6, 1e15

SIZES = {"B": 1 / 1024**2, "KB": 1 / 1024, "MB": 1.0, "GB": 1024.0, "TB": 1024.0**2}
TIMES = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
UNITS: Mapping[str, Mapping[str, float]] = {
    "MB": SIZES,
    "ms": {name: 1000 * factor for name, factor in TIMES.items()},
    "s": TIMES,
    "%": {"%": 1.0},
    "": {"k": 1e3, "M": 1e6},
}
"""For each unit of a rule, what may stand behind a number, and its size in that unit."""

SPELLINGS = {
    **{f"{letter}ib": f"{letter}b" for letter in "kmgt"},
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "m": "min",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "percent": "%",
}
_QUANTITY = re.compile(r"(\d[\d,. ]*|\.\d+)\s*([^\W\d_]*|%)")
_GROUPED = re.compile(r"\d{1,3}([, ]\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"\d+([.,]\d+)?|\.\d+")


def parse(text: str, unit: str) -> float:
    """Read a threshold as people write it: ``1.5 GB``, ``1,536``, ``3s``, ``2 %``.

    Args:
        text: a number above zero, with a unit or without.
        unit: of the rule, for a number without one.

    Raises:
        ValueError: says what is allowed.
    """
    found = _QUANTITY.fullmatch(text.strip())
    number = _number(found[1].strip()) if found else None
    factor = _factor(found[2], unit) if found else None
    if number is None or factor is None or not SMALLEST <= number * factor <= LARGEST:
        raise ValueError(f"{text.strip()[:40] or 'nothing'} is not {allowed(unit)}")
    return number * factor


def write(value: float, unit: str) -> str:
    """Write a value so that ``parse`` reads the same one, in the largest unit that stays short."""
    names = UNITS.get(unit, {})
    for name, factor in sorted(names.items(), key=lambda item: -item[1]):
        number = f"{value / factor:.6g}"
        short = "e" not in number and len(number.partition(".")[2]) <= 2
        if unit and value >= factor and short and float(number) * factor == value:
            return f"{number} {name}"
    return f"{value:.12g} {unit}".strip()


def allowed(unit: str) -> str:
    """Say what ``parse`` takes, with examples."""
    examples = {
        "MB": "a size above zero, such as 1.5 GB or 1536 MB",
        "ms": "a time above zero, such as 3 s or 500 ms",
        "s": "a time above zero, such as 90 s or 5 min",
        "%": "a percentage above zero, such as 2 % or 0.5 %",
    }
    return examples.get(unit, "a number above zero, such as 100 or 2.5")


def _number(text: str) -> float | None:
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", "").replace(" ", ""))
    return float(text.replace(",", ".")) if _PLAIN.fullmatch(text) else None


def _factor(name: str, unit: str) -> float | None:
    """Find a unit by its name; in any case, but where that tells two apart."""
    names = UNITS.get(unit, {})
    folded = name.casefold()
    if not name or folded == unit.casefold():
        return 1.0
    if name in names:
        return names[name]
    if unit == "MB" and folded in ("k", "m", "g", "t"):
        folded += "b"
    known = {known.casefold(): factor for known, factor in names.items()}
    return known.get(SPELLINGS.get(folded, folded))
