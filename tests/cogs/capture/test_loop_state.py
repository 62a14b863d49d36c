"""How a ``tasks.loop`` is told in words."""

from __future__ import annotations

import asyncio
from datetime import UTC, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from discord.ext import tasks

from cogs.debug.capture.loop_state import every, state

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"seconds": 0.5}, "every 0.5 s"),
        ({"hours": 1, "minutes": 30}, "every 1 h 30 min"),
        ({"time": time(3, 0)}, "at 03:00 UTC"),
        ({"time": time(3, 0, tzinfo=BERLIN)}, "at 03:00 Europe/Berlin"),
        (
            {"time": [time(hour, tzinfo=UTC) for hour in (1, 2, 3, 4, 5)]},
            "at 01:00 UTC, 02:00 UTC, 03:00 UTC and 2 more",
        ),
    ],
)
def test_an_interval_is_told_in_its_own_time_zone(given: dict[str, Any], text: str) -> None:
    async def run() -> None: ...

    assert every(tasks.loop(**given)(run)) == text


async def test_a_loop_that_never_begins_because_of_what_comes_before_it_has_failed() -> None:
    @tasks.loop(seconds=1)
    async def fetch() -> None: ...

    @fetch.before_loop
    async def before() -> None:
        raise AttributeError("no such channel")

    task = fetch.start()
    with pytest.raises(AttributeError):
        await task
    assert state(fetch, 0.0) == "failed"


async def test_a_loop_that_was_cancelled_is_stopped() -> None:
    @tasks.loop(seconds=1)
    async def fetch() -> None: ...

    task = fetch.start()
    fetch.cancel()
    await asyncio.wait((task,))
    assert state(fetch, 0.0) == "stopped"
