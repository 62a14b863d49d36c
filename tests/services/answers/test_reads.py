from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest

from services.debugcog.answers import reads
from services.debugcog.answers.reads import Read, read
from tests.services.answers.world import World


def one(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT 1").fetchone()[0])


async def test_what_is_read_comes_back(bot: World) -> None:
    assert await read(bot.database.query, "Marks", one) == Read(1)


async def test_the_state_file_is_read_from_any_event_loop(bot: World) -> None:
    def elsewhere() -> Read[int]:
        async def ask() -> Read[int]:
            return await read(bot.database.query, "Marks", one)

        return asyncio.run(ask())

    assert await asyncio.to_thread(elsewhere) == Read(1)


async def test_a_state_file_that_does_not_answer_costs_what_is_in_it_and_no_more(
    bot: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "WAIT_SECONDS", 0.05)
    release = threading.Event()
    bot.database.submit(lambda _: release.wait(20))
    found = await read(bot.database.query, "Marks", one)
    release.set()
    assert found == Read(None, "Marks are missing: the state file did not answer in time.")


async def test_a_state_file_that_is_closed_is_told(bot: World) -> None:
    bot.database.close()
    found = await read(bot.database.query, "Marks", one)
    assert found.value is None
    assert (found.trouble or "").startswith("Marks are missing: the state file could not be read (")
