"""A time is read as people write it; what is none is refused with what is accepted."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from services.debugcog.logfile.moments import moment

NOW = time.mktime(time.strptime("2026-11-27 12:00:00", "%Y-%m-%d %H:%M:%S"))


def local(text: str) -> float:
    return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M:%S"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("03:12", local("2026-11-27 03:12:00")),
        ("3:12", local("2026-11-27 03:12:00")),
        ("03:12:45", local("2026-11-27 03:12:45")),
        ("13:12", local("2026-11-26 13:12:00")),
        ("yesterday 03:12", local("2026-11-26 03:12:00")),
        ("Today 03:12", local("2026-11-27 03:12:00")),
        ("2026-11-25 03:12", local("2026-11-25 03:12:00")),
        ("2026-11-25 03:12:45,500", local("2026-11-25 03:12:45") + 0.5),
        ("2026-11-25", local("2026-11-25 00:00:00")),
        ("2 hours ago", NOW - 7200),
        ("90s ago", NOW - 90),
        ("  5   min  AGO ", NOW - 300),
        ("1.5 h ago", NOW - 5400),
        ("<t:1795748400>", 1795748400.0),
        ("<t:1795748400:R>", 1795748400.0),
    ],
)
def test_a_time_is_read(typed: str, expected: float) -> None:
    assert moment(typed, NOW) == expected


def test_utc_behind_a_time_is_heeded() -> None:
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC).timestamp()
    assert moment("03:12 UTC", noon) == noon - 31_680
    assert moment("2026-11-27 03:12 UTC", noon) == noon - 31_680


@pytest.mark.parametrize(
    "typed",
    [
        *("banana", "25:00", "12:99", "ago", "two hours ago", "-5 min ago", "<t:>", "E-7K3Q9D"),
        *("2026-13-01 00:00", "0000-00-00", "tomorrow 03:12", "x" * 5_000, "<t:999999999999>"),
        *("\N{ARABIC-INDIC DIGIT THREE}:12", "03:12\n04:13"),
    ],
)
def test_anything_else_is_refused_with_what_is_accepted(typed: str) -> None:
    with pytest.raises(ValueError, match="That is no time") as refused:
        moment(typed, NOW)
    assert str(refused.value) == (
        "That is no time. Accepted are 03:12 or 2026-11-27 03:12 (by the clock of the bot's "
        "machine, or with UTC behind it), 2 hours ago, a timestamp of Discord, or the id of an "
        "error such as E-7K3Q9D."
    )
