from __future__ import annotations

import sqlite3

from services.debugcog.answers.errors import ErrorLine, errors
from services.debugcog.answers.figure import Figure
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.tables import save_group
from tests.services.answers.world import START, World

HOUR = round(START // 3600)
GROUP = ErrorGroup(
    fingerprint="0a1b2c3d" * 8,
    type="aiohttp.client_exceptions.ClientError",
    where="services/llm.py:12 in ask",
    first_seen=START - 7200,
    last_seen=START - 5,
    count=1234,
    state="ongoing",
    hours=((HOUR - 1, 30),),
)


async def test_groups_are_shown_as_they_are_stored(bot: World) -> None:
    def save(connection: sqlite3.Connection) -> None:
        save_group(connection, GROUP)

    await bot.database.run(save)
    answer = await errors(bot.sources)
    assert answer.errors == (
        ErrorLine(
            id="0a1b2c3d",
            title="ClientError",
            place="services/llm.py:12",
            count=Figure(1234),
            hourly=Figure(30),
            first_seen=START - 7200,
            last_seen=START - 5,
            state="Error",
            mark="⚠️",
        ),
    )
    assert answer.trouble is None
