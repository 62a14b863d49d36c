from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.units import (
    LARGEST,
    SMALLEST,
    UNITS,
    allowed,
    apart,
    as_unit,
    convert,
    duration,
    human,
    iso_time,
    parse,
    scale,
    threshold,
    utc_moment,
    write,
)


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
        ("1.5B", "", 1.5e9),
        ("250 µs", "ms", 0.25),
        ("250us", "ms", 0.25),
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


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("700 MB", "GB", 700 / 1024),
        ("1 TB", "GB", 1024.0),
        ("16", "GB", 16.0),
        ("2.5 KB", "bytes", 2560.0),
        ("100 bytes", "bytes", 100.0),
        ("1 GB", "B", 1024.0**3),
        ("2 MB", "KB", 2048.0),
        ("1 h 30 min", "min", 90.0),
        ("1 d 6 h", "h", 30.0),
        ("90 min", "h", 1.5),
        ("1 min 1 s", "s", 61.0),
        ("1.5k jobs", "jobs", 1500.0),
    ],
)
def test_a_threshold_of_a_hosts_unit_is_read_as_its_card_shows_it(
    text: str, unit: str, value: float
) -> None:
    assert parse(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [("5 bytes", ""), ("1 GB 5 MB", "MB"), ("1 h 30", "min"), ("1 h 5 GB", "s"), ("3 s", "GB")],
)
def test_what_is_of_another_kind_is_refused(text: str, unit: str) -> None:
    with pytest.raises(ValueError, match="above zero"):
        parse(text, unit)


def test_a_threshold_of_many_digits_is_written_as_values_are() -> None:
    assert threshold(3_000_000_000.0, "bytes") == "2.79 GB"
    assert threshold(1_536.0, "bytes") == "1536 bytes"
    assert threshold(1_536.0, "MB") == "1.5 GB"


def test_a_refused_threshold_of_a_hosts_unit_is_told_what_is_allowed() -> None:
    assert allowed("GB") == "a size above zero, such as 1.5 GB or 1536 MB"


def test_a_long_text_is_not_repeated_in_full() -> None:
    with pytest.raises(ValueError, match=r"^9{39}… is not a size above zero"):
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
        (2.0, "%", "2%"),
        (3500.0, "", "3500"),
        (100.0, "jobs", "100 jobs"),
        (0.25, "ms", "250 µs"),
        (0.0123456, "%", "0.0123456%"),
        (5.0, "msg/s", "5 msg/s"),
        (0.00002, "USD", "0.00002 USD"),
        (2.0 * 1024**4, "bytes", "2199023255552 bytes"),
    ],
)
def test_a_value_is_written_as_people_would(value: float, unit: str, text: str) -> None:
    assert write(value, unit) == text


@given(
    st.floats(SMALLEST, LARGEST),
    st.sampled_from(["", "USD", "msg/s", "°C", "requests/min", "m²", "bytes"]),
)
def test_a_value_in_a_unit_of_the_hosts_reads_the_same(value: float, unit: str) -> None:
    assert "e+" not in write(value, unit)
    assert parse(write(value, unit), unit) == pytest.approx(value, rel=1e-9)


@given(st.floats(SMALLEST * 1e5, LARGEST / 1e9), st.sampled_from([*UNITS, "jobs"]))
def test_what_is_written_reads_the_same(value: float, unit: str) -> None:
    assert parse(write(value, unit), unit) == pytest.approx(value, rel=1e-11)


def test_every_unit_says_what_is_allowed() -> None:
    assert allowed("ms") == "a time above zero, such as 3 s or 500 ms"
    assert allowed("jobs") == "a number above zero, such as 100 or 2.5"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "ms", "0 ms"),
        (0.0000004, "ms", "0 ms"),
        (0.0005, "s", "500 µs"),
        (0.0000000001, "s", "0 s"),
        (0.0009, "", "0.0009"),
        (0.0000123, "%", "0.0000123%"),
        (0.0000001, "", "0"),
        (0.0001, "MB", "105 B"),
        (5.5e9, "B", "5.12 GB"),
        (2048, "bytes", "2 KB"),
        (1.5, "GB", "1.5 GB"),
        (90, "min", "1 h 30 min"),
        (0.004, "ms", "4 µs"),
        (12.345, "ms", "12.3 ms"),
        (999.9, "ms", "1 s"),
        (5200, "ms", "5.2 s"),
        (90_000, "ms", "1.5 min"),
        (7_200_000, "ms", "2 h"),
        (-5200, "ms", "-5.2 s"),
        (0.5, "MB", "512 KB"),
        (1536, "MB", "1.5 GB"),
        (1000, "MB", "1,000 MB"),
        (3 * 1024**2, "MB", "3 TB"),
        (42.04, "%", "42%"),
        (1234, "%", "1,234%"),
        (7, "", "7"),
        (1234, "", "1.23k"),
        (30_000_000, "", "30M"),
        (1e300, "", "1.0e291B"),
        (3 * 86_400_000, "ms", "3 d"),
        (0, "s", "0 s"),
        (0.25, "s", "250 ms"),
        (4.5, "s", "4.5 s"),
        (59.99, "s", "1 min"),
        (90.0, "s", "1 min 30 s"),
        (4.2, "%", "4.2%"),
        (3600.0, "", "3.6k"),
        (12.0, "req", "12 req"),
        (1234.0, "jobs", "1.23k jobs"),
    ],
)
def test_a_value_is_written_in_the_unit_that_suits_its_size(
    value: float, unit: str, text: str
) -> None:
    assert human(value, unit) == text


@pytest.mark.parametrize(
    ("value", "limit", "unit", "texts"),
    [
        (5200, 5000, "ms", ("5.2 s", "5 s")),
        (5000, 5000, "ms", ("5 s", "5 s")),
        (5004, 5000, "ms", ("5.004 s", "5 s")),
        (1_234_567, 1_234_000, "", ("1.235M", "1.234M")),
        (0.00091, 0.00092, "", ("0.00091", "0.00092")),
        (1000.4, 1000.2, "MB", ("1,000.4 MB", "1,000.2 MB")),
        (3601, 3600, "s", ("3601 s", "1 h")),
    ],
)
def test_a_value_and_its_limit_have_as_many_digits_as_tell_them_apart(
    value: float, limit: float, unit: str, texts: tuple[str, str]
) -> None:
    assert apart(value, limit, unit) == texts


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (45, "45 s"),
        (125, "2 min 5 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (12_000, "3 h 20 min"),
        (86_400, "1 d"),
        (522_000, "6 d 1 h"),
    ],
)
def test_a_duration_is_written_in_its_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_value_is_converted_to_another_unit_of_its_kind() -> None:
    assert convert(1536, "MB", "GB") == 1.5
    assert convert(5200, "ms", "s") == 5.2


def test_a_scale_is_chosen_for_a_value_and_says_what_stands_behind_the_number() -> None:
    assert scale(5200, "ms") == (1000.0, " s")
    assert scale(42, "%") == (1.0, "%")
    assert scale(1e-9, "MB") == (1 / 1024**2, " B")


def test_a_hosts_own_unit_is_drawn_as_a_plain_number() -> None:
    assert (as_unit("s"), as_unit("jobs")) == ("s", "")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "USD", "0.00 USD"),
        (0.01, "USD", "0.01 USD"),
        (0.0042, "USD", "0.0042 USD"),
        (0.005, "EUR", "0.0050 EUR"),
        (1234.5, "USD", "1,234.50 USD"),
        (1_000_000.0, "JPY", "1,000,000.00 JPY"),
        (-3.0, "GBP", "-3.00 GBP"),
    ],
)
def test_money_is_written_to_the_cent(value: float, unit: str, text: str) -> None:
    assert human(value, unit) == text


def test_a_moment_is_written_for_programs_without_fractions() -> None:
    assert iso_time(1_800_000_000.9) == "2027-01-15T08:00:00Z"


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (1_799_982_720.0, "03:12 UTC"),
        (1_800_057_599.0, "03:12 UTC"),  # the last second of that day
        (1_800_057_600.0, "15 Jan 03:12 UTC"),
        (1_799_971_199.0, "15 Jan 03:12 UTC"),  # it lies ahead
        (None, "15 Jan 03:12 UTC"),
    ],
)
def test_a_moment_has_its_day_unless_that_is_the_day_on_which_it_is_read(
    now: float | None, text: str
) -> None:
    assert utc_moment(1_799_982_720.0, now) == text
