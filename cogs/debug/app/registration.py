"""The cog's /debug command → registered in DEBUG_GUILD_IDS and nowhere else; others left alone.

``tree.sync(guild=…)`` would replace all of that guild's commands. One upsert per guild, and only
when Discord holds something else, touches no other command. Where it was registered is kept, so
that it goes away from a guild that is named no more.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import aiohttp
import discord
from discord.ext import commands

from services.debugcog.settings import Settings
from services.debugcog.state.database import Database
from services.debugcog.ticker import stop

log = logging.getLogger("debugcog.registration")

COMPARED = ("name", "description", "type", "options", "default_member_permissions", "nsfw")
RETRY_SECONDS = (5.0, 30.0, 120.0, 600.0)
GONE = (10063, 10004, 50001)
"""Unknown command, unknown guild, missing access: there is nothing of ours any more."""
MISSING_ACCESS = 50001
SCHEMA = """
CREATE TABLE IF NOT EXISTS registrations (guild_id INTEGER PRIMARY KEY, command_id INTEGER NOT NULL)
"""
OUTAGES = (discord.DiscordServerError, aiohttp.ClientError, OSError)


class Registration:
    """Registers once per load, as soon as the bot is logged in.

    Discord hides the command from members who are no administrators, unless users or roles are
    named who may use it: a permission is all that Discord can be told, so then the command is
    visible to everyone in the guild, and the cog's own check decides.

    Args:
        bot: the host.
        cog: whose group is registered.
        settings: where, and whether others than administrators are named.
        database: with ``SCHEMA``, open from ``start`` to ``close``.
    """

    def __init__(
        self, bot: commands.Bot, cog: commands.GroupCog, settings: Settings, database: Database
    ) -> None:
        self._bot = bot
        self._database = database
        self._guild_ids = sorted(settings.debug_guild_ids)
        self._task: asyncio.Task[None] | None = None
        self._done = False
        group = cog.app_command
        assert isinstance(group, discord.app_commands.Group)
        self._group = group
        if not (settings.debug_admin_user_ids or settings.debug_admin_role_ids):
            group.default_permissions = discord.Permissions(administrator=True)

    def start(self) -> None:
        """Begin when the bot is logged in; to be called again when it may be now."""
        if self._bot.application_id is None or self._done:
            return
        if self._task is not None and not self._task.done():
            return
        self._task = asyncio.create_task(self._run(), name="debugcog-registration")

    async def close(self) -> None:
        """Stop trying."""
        if self._task is not None:
            await stop(self._task)
            self._task = None

    async def _run(self) -> None:
        if not self._guild_ids:
            self._tell_where()
        known = await self._database.query(_known)
        done = [await self._insist(self._upsert, guild_id) for guild_id in self._guild_ids]
        for guild_id in known.keys() - set(self._guild_ids):
            await self._insist(partial(self._remove, known[guild_id]), guild_id)
        self._done = all(done)

    async def _insist(self, work: Callable[[int], Awaitable[None]], guild_id: int) -> bool:
        """Do it when Discord can be reached; tell whether it did not refuse."""
        for delay in itertools.chain(RETRY_SECONDS, itertools.repeat(RETRY_SECONDS[-1])):
            try:
                await work(guild_id)
            except OUTAGES as error:
                log.warning("Registration of /debug waits %d s: %s", delay, error)
                await asyncio.sleep(delay)
            except discord.HTTPException as error:
                log.error("Registration of /debug failed: %s", _reason(error, guild_id))
                return False
            else:
                break
        return True

    async def _upsert(self, guild_id: int) -> None:
        application_id = self._bot.application_id
        assert application_id is not None
        ours = self._group.to_dict(self._bot.tree)
        registered = await self._bot.http.get_guild_commands(application_id, guild_id)
        held = next((theirs for theirs in registered if same(ours, theirs)), None)
        if held is None:
            held = await self._bot.http.upsert_guild_command(application_id, guild_id, ours)
            log.info("Registered /debug in guild_id=%d", guild_id)
        row = (guild_id, int(held["id"]))
        await self._database.run(partial(_keep, row=row))

    async def _remove(self, command_id: int, guild_id: int) -> None:
        application_id = self._bot.application_id
        assert application_id is not None
        try:
            await self._bot.http.delete_guild_command(application_id, guild_id, command_id)
            log.info("Removed /debug from guild_id=%d: it is in DEBUG_GUILD_IDS no more", guild_id)
        except discord.HTTPException as error:
            if error.code not in GONE:
                raise
        await self._database.run(partial(_forget, guild_id=guild_id))

    def _tell_where(self) -> None:
        known = ", ".join(f"{guild.name} ({guild.id})" for guild in self._bot.guilds[:10])
        log.warning(
            "Not registered: DEBUG_GUILD_IDS is empty, so no server has /debug. "
            "Put the id of your admin server there%s",
            f"; this bot is in {known}" if known else "",
        )


def _known(connection: sqlite3.Connection) -> dict[int, int]:
    return dict(connection.execute("SELECT guild_id, command_id FROM registrations").fetchall())


def _keep(connection: sqlite3.Connection, row: tuple[int, int]) -> None:
    connection.execute("REPLACE INTO registrations VALUES (?, ?)", row)


def _forget(connection: sqlite3.Connection, guild_id: int) -> None:
    connection.execute("DELETE FROM registrations WHERE guild_id = ?", (guild_id,))


def same(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Tell whether Discord already holds our command."""
    return all(_plain(ours.get(key)) == _plain(theirs.get(key)) for key in COMPARED)


def _plain(value: Any) -> Any:
    """Drop what Discord leaves out or fills in: nulls, false flags, empty lists, localizations."""
    if isinstance(value, Mapping):
        kept = {key: _plain(item) for key, item in value.items() if "localiz" not in key}
        return {key: item for key, item in kept.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value] or None
    if isinstance(value, bool) or value is None:
        return value or None
    return str(value)


def _reason(error: discord.HTTPException, guild_id: int) -> str:
    if error.code == MISSING_ACCESS:
        return (
            f"guild_id={guild_id} is not a server of this bot, or it was invited without the "
            "applications.commands scope; check DEBUG_GUILD_IDS and invite the bot again"
        )
    return f"guild_id={guild_id}: {error}"
