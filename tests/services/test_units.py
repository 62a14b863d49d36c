from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.units import LARGEST, SMALLEST, UNITS, allowed, parse, write


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1536", "MB", 1536.0),
        ("1.5 GB", "MB", 1536.0),
        ("1,5gb", "MB", 1536.0),
        ("1.5G", "MB", 1536.0),
        ("1.5 GiB", "MB", 1536.0),
        ("1,536 MB", "MB", 1536.0),
        ("512 KB", "MB", 0.5),
        ("3 s", "ms", 3000.0),
        ("3s", "ms", 3000.0),
        ("500", "ms", 500.0),
        ("500ms", "ms", 500.0),
        ("2 min", "ms", 120_000.0),
        ("90", "s", 90.0),
        ("1.5 m", "s", 90.0),
        ("2 hours", "s", 7200.0),
        ("500 ms", "s", 0.5),
        ("2 %", "%", 2.0),
        (".5", "%", 0.5),
        ("2 percent", "%", 2.0),
        ("3,500", "", 3500.0),
        ("1 500", "", 1500.0),
        ("2.5k", "", 2500.0),
        ("1M", "", 1e6),
        (" 100 ", "jobs", 100.0),
        ("100 Jobs", "jobs", 100.0),
    ],
)
def test_a_threshold_is_read_as_people_write_it(text: str, unit: str, value: float) -> None:
    assert parse(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "many",
        "nan",
        "inf",
        "-5",
        "0",
        "1e3",
        "1.2.3",
        "1,2,3",
        "5 s",
        "5 %",
        "1 2",
        "∞",
    ],
)
def test_what_is_no_threshold_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a size above zero, such as 1\.5 GB or 1536 MB"):
        parse(text, "MB")


def test_a_long_text_is_not_repeated_in_full() -> None:
    with pytest.raises(ValueError, match=r"^9{40} is not a size above zero"):
        parse("9" * 5000, "MB")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1536.0, "MB", "1.5 GB"),
        (2048.0, "MB", "2 GB"),
        (1000.0, "MB", "1000 MB"),
        (3000.0, "ms", "3 s"),
        (3210.0, "ms", "3.21 s"),
        (500.0, "ms", "500 ms"),
        (60.0, "s", "1 min"),
        (45.0, "s", "45 s"),
        (2.0, "%", "2 %"),
        (3500.0, "", "3500"),
        (100.0, "jobs", "100 jobs"),
    ],
)
def test_a_value_is_written_as_people_would(value: float, unit: str, text: str) -> None:
    assert write(value, unit) == text


@given(st.floats(SMALLEST * 1e5, LARGEST / 1e9), st.sampled_from([*UNITS, "jobs"]))
def test_what_is_written_reads_the_same(value: float, unit: str) -> None:
    assert parse(write(value, unit), unit) == pytest.approx(value, rel=1e-11)


def test_every_unit_says_what_is_allowed() -> None:
    assert allowed("ms") == "a time above zero, such as 3 s or 500 ms"
    assert allowed("jobs") == "a number above zero, such as 100 or 2.5"
