"""How far the clock of this machine and Discord's are apart."""

from __future__ import annotations

import pytest

from services.debugcog.calls.clock_offset import EPOCH_MS, ClockOffset, created

NOON = 1_800_000_000.0


def snowflake(at: float, number: int = 0) -> int:
    """Return an id that Discord makes at a unix time."""
    return (round(at * 1000) - EPOCH_MS << 22) + number


def test_a_snowflake_has_the_time_at_which_it_was_made() -> None:
    assert created(175928847299117063) == 1462015105.796  # the example of Discord's reference


def test_clocks_that_agree_are_left_as_they_are() -> None:
    offset = ClockOffset()
    assert offset.arrived(snowflake(NOON), NOON + 0.08) == pytest.approx(0.08)
    assert offset.arrived(snowflake(NOON), NOON + 2.5) == pytest.approx(2.5)
    assert offset.seconds == 0.0


def test_nothing_arrives_before_it_was_made() -> None:
    offset = ClockOffset()
    assert offset.arrived(snowflake(NOON), NOON - 4.0) == 0.0
    assert offset.seconds == -4.0
    assert offset.arrived(snowflake(NOON), NOON - 3.9) == pytest.approx(0.1)


def test_a_clock_that_is_ahead_is_known_by_what_discord_makes_for_a_request() -> None:
    offset, ahead = ClockOffset(), 90.0
    assert offset.arrived(snowflake(NOON), NOON + ahead + 0.1) == pytest.approx(90.1)
    offset.made(snowflake(NOON + 0.2), NOON + ahead + 0.15, NOON + ahead + 0.3)
    assert offset.seconds == pytest.approx(89.95)
    assert offset.arrived(snowflake(NOON), NOON + ahead + 0.1) == pytest.approx(0.15)


def test_a_clock_that_is_ahead_is_known_by_what_discord_still_takes() -> None:
    offset = ClockOffset()
    offset.accepted(snowflake(NOON), NOON + 90.0, 3.0)
    assert offset.seconds == pytest.approx(87.0)


def test_a_clock_that_was_set_is_measured_anew() -> None:
    offset = ClockOffset()
    offset.made(snowflake(NOON), NOON + 90.0, NOON + 90.1)
    assert offset.seconds == pytest.approx(90.0)
    offset.made(snowflake(NOON), NOON - 0.05, NOON + 0.05)
    assert offset.seconds == 0.0
