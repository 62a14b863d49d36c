"""Text that somebody types for a time → unix seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from services.debugcog.patterns import late_pattern
from services.debugcog.units import parse

ACCEPTED = (
    "03:12 or 2026-11-27 03:12 (by the clock of the bot's machine, or with UTC behind it), "
    "2 hours ago, a timestamp of Discord, or the id of an error such as E-7K3Q9D"
)
TEXT_MAX = 100
_CLOCK = late_pattern(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_DISCORD = late_pattern(r"<t:(\d{1,12})(?::\w)?>", re.ASCII)
_AGO = late_pattern(r"(.+?)\s+ago", re.IGNORECASE)
_DAYS = {"today": 0, "yesterday": 1}
_LONGEST = 366 * 86_400.0
_LAST = 253_402_300_799


def moment(text: str, now: float) -> float:
    """Read a time; one of the day alone is the last such time until now.

    Args:
        text: what somebody typed.
        now: unix seconds.

    Raises:
        ValueError: says what is accepted.
    """
    wanted = " ".join(text[: TEXT_MAX + 1].split())
    found = _DISCORD.fullmatch(wanted)
    if found and int(found[1]) <= _LAST:
        return float(found[1])
    try:
        return _ago(wanted, now) or _clock(wanted, now) or _stamp(wanted)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"That is no time. Accepted are {ACCEPTED}.") from None


def _ago(text: str, now: float) -> float | None:
    """Read ``2 hours ago``; no more than a year, behind which no file of the log goes."""
    found = _AGO.fullmatch(text)
    return max(0.0, now - min(parse(found[1], "s"), _LONGEST)) if found else None


def _clock(text: str, now: float) -> float | None:
    """Read ``03:12``, ``yesterday 03:12`` and ``03:12:45 UTC``."""
    words, is_utc = _without_zone(text)
    day, _, rest = words.rpartition(" ")
    found = _CLOCK.fullmatch(rest)
    if found is None or (day and day.casefold() not in _DAYS):
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    present = datetime.fromtimestamp(now, UTC if is_utc else None)
    wanted = present.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if day:
        return (wanted - timedelta(days=_DAYS[day.casefold()])).timestamp()
    return (wanted if wanted <= present else wanted - timedelta(days=1)).timestamp()


def _stamp(text: str) -> float:
    """Read a date with a time, as a line of the log begins."""
    words, is_utc = _without_zone(text)
    found = datetime.fromisoformat(words.replace(",", "."))
    return (found.replace(tzinfo=UTC) if is_utc else found).timestamp()


def _without_zone(text: str) -> tuple[str, bool]:
    words = text.removesuffix("UTC").removesuffix("utc").rstrip()
    return words, words != text
