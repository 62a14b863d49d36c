"""A suspension is kept for incidents to come; a long one is posted, but not again and again."""

from __future__ import annotations

import json

import pytest

from cogs.debug.features.alerts.suspension_notice import suspension_notice
from services.debugcog.alerting.suspensions import note_suspension
from services.debugcog.steady_clock import Timestamp
from tests.alert_world import Disk

NOW = 1_800_000_000.0


@pytest.fixture
def disk() -> Disk:
    return Disk()


async def note(disk: Disk, seconds: float, at: float = NOW) -> list[str]:
    await disk.run(
        lambda connection: note_suspension(
            connection, Timestamp(at, at), seconds=seconds, ended=at - 1, scale=1.0
        )
    )
    return [row["title"] for row in disk.rows("SELECT title FROM outbox ORDER BY id")]


async def test_a_short_one_is_a_change_and_no_post(disk: Disk) -> None:
    assert await note(disk, 29.0) == []
    (change,) = disk.rows("SELECT at, text FROM changes")
    assert tuple(change) == (NOW - 1, "The process was suspended for 29 s")


async def test_a_long_one_is_posted_at_most_once_in_ten_minutes(disk: Disk) -> None:
    first = "The process was suspended for 2 min"
    assert await note(disk, 120.0) == [first]
    assert await note(disk, 60.0, NOW + 300) == [first]
    second = "The process was suspended for 1 h"
    assert await note(disk, 3600.0, NOW + 601) == [first, second]
    assert len(disk.rows("SELECT 1 FROM changes")) == 3


def test_its_notice_says_from_when_to_when() -> None:
    reply = suspension_notice("open", json.dumps({"seconds": 120.0, "ended": NOW}), NOW)
    (embed,) = reply.embeds
    assert reply.content == "⚠️ The process was suspended for 2 min, until 08:00 UTC"
    assert embed.title == "⚠️ The process was suspended for 2 min"
    assert embed.description == (
        "It stood still from <t:1799999880:f> to <t:1800000000:f>: no command was answered. A "
        "paused container, a machine that slept, or `SIGSTOP` looks like this. No rule counts "
        "that time."
    )
