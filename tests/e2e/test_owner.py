"""Whose a state file is, when the cog is loaded before the bot's login."""

from __future__ import annotations

import sqlite3

import pytest
from discord.ext import commands

from cogs.debug.app.cog import DebugCog
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered


class Early(Host):
    """A host that loads the cog before it logs in, as discord.py's own example does."""

    async def setup_hook(self) -> None:
        """Load nothing: it is loaded."""


def owner_of(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT owner FROM state_file").fetchone()[0])


async def owner(bot: commands.Bot) -> str:
    cog = bot.get_cog("DebugCog")
    assert isinstance(cog, DebugCog)
    return await cog.runtime.database.query(owner_of)


@pytest.mark.usefixtures("environment")
async def test_it_is_nobodys_before_the_login_and_the_bots_after_it(home: Home) -> None:
    bot = Early()
    await bot.load_extension("cogs.debug")
    assert (await owner(bot)).startswith("unknown-")
    async with running(bot, home.sandbox):
        await registered()
        assert await owner(bot) == f"{bot.application_id} None {home.alerts.id}"


@pytest.mark.usefixtures("environment")
async def test_a_bot_that_loads_the_cog_after_its_login_has_the_same_name(home: Home) -> None:
    async with running(Host(), home.sandbox) as bot:
        await registered()
        assert await owner(bot) == f"{bot.application_id} None {home.alerts.id}"
