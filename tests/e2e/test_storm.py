"""Thousands of errors in seconds, from the real logging to the channel: few posts, exact counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Home
from tests.e2e.storm import storm

pytestmark = pytest.mark.thorough

SECONDS, ERRORS = 9.0, 3_000


async def test_a_storm_of_errors_is_counted_exactly_and_told_in_few_posts(
    home: Home, tmp_path: Path
) -> None:
    weather = await storm(home.sandbox, home.alerts, tmp_path, SECONDS, ERRORS)

    print(f"Storm: {weather.host} and {len(weather.posts)} posts")
    assert weather.host["logged"] == ERRORS
    assert weather.host["counts"][0] == weather.host["alike"] == 2_640
    assert len(weather.host["counts"]) == 25
    assert weather.uncounted == 0
    assert 2 <= weather.most_posts <= 10
    assert any("Digest 1" in message.text for message in home.alerts.messages)
    assert weather.growth < 8
