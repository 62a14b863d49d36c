"""Values with units ⇄ text: 1536 in MB ⇄ ``1.5 GB``; the only place that converts them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from services.debugcog.patterns import late_pattern
from services.debugcog.wording import clip

Unit = Literal["ms", "s", "MB", "%", ""]
"""Units that are scaled; any other text is a host's own unit, and stands behind the number."""

SMALLEST, LARGEST = 1e-6, 1e15
DIGITS, DIGITS_MAX = 3, 7
ZERO = 1e-6
"""Anything nearer to zero is shown as zero; of a unit with smaller ones, 1/1000 of the smallest."""

TIMES = {"µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
UNITS: Mapping[str, Mapping[str, float]] = {
    "ms": {name: 1000 * seconds for name, seconds in TIMES.items()},
    "s": TIMES,
    "MB": {"B": 1 / 1024**2, "KB": 1 / 1024, "MB": 1.0, "GB": 1024.0, "TB": 1024.0**2},
    "%": {"%": 1.0},
    "": {"": 1.0, "k": 1e3, "M": 1e6, "B": 1e9},
}
"""For each unit, what may stand behind a number, and its size in that unit; from small to large."""

SPELLINGS = {
    **{f"{letter}ib": f"{letter}b" for letter in "kmgt"},
    "us": "µs",
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
SIZE_SPELLINGS = {**{letter: f"{letter}b" for letter in "kmgt"}, "byte": "b", "bytes": "b"}
"""Those that are something else where they are not a size."""
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "KRW", "BRL", "CAD", "AUD", "SEK")
"""Units of money: written to the cent, and to a hundredth of it where that is all there is."""
CENT = 0.01
OTHER_NAMES = {
    **{name: ("s", size) for name, size in TIMES.items() if name not in UNITS},
    **{name: ("MB", size) for name, size in UNITS["MB"].items() if name not in UNITS},
    "bytes": ("MB", UNITS["MB"]["B"]),
}
"""Units of a host's that are names in the units that are scaled: which, and their size in it."""
ATTACHED = ("%", "")
"""Units whose names stand at the number without a space."""

EXAMPLES = {
    "MB": "a size above zero, such as 1.5 GB or 1536 MB",
    "ms": "a time above zero, such as 3 s or 500 ms",
    "s": "a time above zero, such as 90 s or 5 min",
    "%": "a percentage above zero, such as 2% or 0.5%",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUANTITY = late_pattern(r"(\d[\d,. ]*|\.\d+)\s*([^\W\d_]*|%)")
_PART = late_pattern(r"(\d+)\s*([^\W\d_]+)")
_SPAN = late_pattern(r"(\d+\s*[^\W\d_]+\s*){2,}")
_GROUPED = late_pattern(r"\d{1,3}([, ]\d{3})+(\.\d+)?")
_PLAIN = late_pattern(r"\d+([.,]\d+)?|\.\d+")


def as_unit(text: str) -> Unit:
    """Return a unit that can be scaled as it is, and nothing for a host's own."""
    return cast("Unit", text if text in get_args(Unit) else "")


def human(value: float, unit: str, digits: int = DIGITS) -> str:
    """Write a value for people, with three digits in the unit that suits its size.

    5200 in ms is ``5.2 s``; from a minute on, a value in seconds is a ``duration``; one of a unit
    of the host's is ``1.23k jobs``, and money is ``1,234.50 USD``.

    Args:
        value: in the unit.
        unit: of ``UNITS``, or a host's.
        digits: how many to write, where three say too little.
    """
    if unit in CURRENCIES:
        return f"{value:,.{4 if 0 < abs(value) < CENT else 2}f} {unit}"
    if unit in OTHER_NAMES:
        unit, size = OTHER_NAMES[unit]
        value *= size
    if unit not in UNITS:
        return f"{human(value, '', digits)} {unit}"
    if unit == "s" and value >= TIMES["min"]:
        return duration(value)
    if abs(value) < min(ZERO, min(UNITS[unit].values()) / 1000):
        return f"0{_suffix(unit, unit)}"
    size, suffix = scale(value, unit)
    return _digits(value / size, digits) + suffix


def apart(value: float, other: float, unit: str) -> tuple[str, str]:
    """Write two values of a unit with so many digits that they read as different, if they are."""
    for digits in range(DIGITS, DIGITS_MAX + 1):
        texts = human(value, unit, digits), human(other, unit, digits)
        if value == other or texts[0] != texts[1]:
            return texts
    return write(value, unit), human(other, unit)


def duration(seconds: float) -> str:
    """Write a span of time in its two largest units: ``45 s``, ``2 min 5 s``, ``6 d 1 h``."""
    total = round(seconds)
    for name, smaller in (("d", "h"), ("h", "min"), ("min", "s")):
        size, smaller_size = round(TIMES[name]), round(TIMES[smaller])
        if total >= size:
            rest = total % size // smaller_size
            return f"{total // size} {name}" + (f" {rest} {smaller}" if rest else "")
    return f"{total} s"


def utc_time(unix_seconds: float, *, with_day: bool = False) -> str:
    """Write a moment where nothing knows the reader's time zone: ``03:12 UTC``.

    Args:
        unix_seconds: the moment.
        with_day: ``26 Nov 03:12 UTC``, for what may be read days later.
    """
    moment = datetime.fromtimestamp(unix_seconds, UTC)
    day = f"{moment.day} {MONTHS[moment.month - 1]} " if with_day else ""
    return f"{day}{moment:%H:%M} UTC"


def utc_moment(unix_seconds: float, now: float | None) -> str:
    """Write a moment as ``utc_time`` does, with its day unless that is today's.

    Args:
        unix_seconds: the moment.
        now: unix seconds at which it is read; None where that is not known, as of what is stored.
    """
    return utc_time(unix_seconds, with_day=now is None or not same_day(unix_seconds, now))


def same_day(one: float, other: float) -> bool:
    """Tell whether two moments (unix seconds) are of the same day in UTC."""
    return one // TIMES["d"] == other // TIMES["d"]


def iso_time(unix_seconds: float) -> str:
    """Write a moment for programs, as ISO 8601 has it: ``2026-11-26T03:12:05Z``."""
    moment = datetime.fromtimestamp(unix_seconds, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def write(value: float, unit: str) -> str:
    """Write a value so that ``parse`` reads the same one, in the largest unit that stays short."""
    for name, size in reversed(tuple(UNITS.get(unit, {}).items())):
        number = f"{value / size:.6g}"
        short = "e" not in number and len(number.partition(".")[2]) <= 2
        if unit and value >= size and short and float(number) * size == value:
            return number + _suffix(name, unit)
    return _exact(value) + _suffix(unit, unit)


def threshold(value: float, unit: str) -> str:
    """Write a threshold as ``write`` does; one of more digits than are read, as values are."""
    text = write(value, unit)
    return text if sum(map(str.isdigit, text)) <= DIGITS_MAX else human(value, unit)


def parse(text: str, unit: str) -> float:
    """Read a threshold as people write it: ``1.5 GB``, ``1,536``, ``3s``, ``2 %``, ``1 h 30 min``.

    Args:
        text: a number above zero, with a unit or without.
        unit: of the rule, for a number without one.

    Raises:
        ValueError: says what is allowed.
    """
    typed = text.strip()
    own = unit not in UNITS and unit not in OTHER_NAMES
    if own and typed[-len(unit) :].casefold() == unit.casefold():
        typed = typed[: -len(unit)].rstrip()  # a host's may be "msg/s"
    quantity = _QUANTITY.fullmatch(typed)
    value = _read(quantity[1].strip(), quantity[2], unit) if quantity else _span(typed, unit)
    if value is None or not SMALLEST <= value <= LARGEST:
        raise ValueError(f"{clip(typed, 40) or 'nothing'} is not {allowed(unit)}")
    return value


def allowed(unit: str) -> str:
    """Say what ``parse`` takes, with examples."""
    return EXAMPLES.get(_scaled(unit), "a number above zero, such as 100 or 2.5")


def convert(value: float, unit: str, name: str) -> float:
    """Return a value in another unit of its kind: 1536 in MB is 1.5 in GB."""
    return value / UNITS[unit][name]


def scale(value: float, unit: str) -> tuple[float, str]:
    """Choose the unit that suits a value: its size, and what stands behind the number."""
    sizes = UNITS[unit]
    fitting = [name for name in sizes if abs(value) >= sizes[name] * 0.9995]  # 999.9 ms reads 1 s
    name = fitting[-1] if fitting else next(iter(sizes))
    return sizes[name], _suffix(name, unit)


def _suffix(name: str, unit: str) -> str:
    return name if unit in ATTACHED else f" {name}"


def _exact(number: float) -> str:
    """Write a number without an exponent, whole or to twelve digits."""
    if number == round(number):
        return f"{number:.0f}"
    digits = f"{number:.12g}"
    return digits if "e" not in digits else f"{number:.17f}".rstrip("0")


def _digits(number: float, digits: int) -> str:
    if abs(number) >= 1e6:
        return f"{number:.{digits - 2}e}".replace("+", "")
    if abs(number) >= 999.5:
        return f"{number:,.{max(0, digits - 4)}f}"
    short = f"{number:.{digits}g}"
    return _exact(float(short)) if "e" in short else short


def _number(text: str) -> float | None:
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", "").replace(" ", ""))
    return float(text.replace(",", ".")) if _PLAIN.fullmatch(text) else None


def _read(number: str, name: str, unit: str) -> float | None:
    value, size = _number(number), _size(name, unit)
    return None if value is None or size is None else value * size


def _span(text: str, unit: str) -> float | None:
    """Read a time in several units, as ``duration`` writes it."""
    if _scaled(unit) not in ("ms", "s") or not _SPAN.fullmatch(text):
        return None
    parts = [_read(number, name, unit) for number, name in _PART.findall(text)]
    return None if None in parts else sum(part for part in parts if part is not None)


def _scaled(unit: str) -> str:
    """Return the unit that one of a host's is a name in."""
    return OTHER_NAMES[unit][0] if unit in OTHER_NAMES else unit


def _size(name: str, unit: str) -> float | None:
    """Find a unit by its name; in any case, but where that tells two apart."""
    folded = name.casefold()
    if not name or folded == unit.casefold():
        return 1.0
    if unit in OTHER_NAMES:
        scaled, own = OTHER_NAMES[unit]
        size = _size(name, scaled)
        return None if size is None else size / own
    sizes = UNITS.get(unit, UNITS[""])
    if name in sizes:
        return sizes[name]
    if unit == "MB":
        folded = SIZE_SPELLINGS.get(folded, folded)
    known = {known.casefold(): size for known, size in sizes.items()}
    return known.get(SPELLINGS.get(folded, folded).casefold())
