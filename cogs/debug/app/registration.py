"""Registration of /debug in DEBUG_GUILD_IDS only, without touching other commands.

``tree.sync(guild=…)`` would replace all of that guild's commands. One upsert per guild, and only
when Discord holds something else, touches no other command. Where it was registered is kept, so
that it goes away from a guild that is named no more.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeGuard

import aiohttp
import discord
from discord.ext import commands

from cogs.debug.app.command_compare import same
from cogs.debug.app.command_upkeep import CommandUpkeep, Pace
from cogs.debug.app.direct_message import GLOBAL, DirectMessage
from cogs.debug.delivery import answers
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.outbox.outcomes import CODE_MIN
from services.debugcog.settings import Settings
from services.debugcog.shield import left_alone
from services.debugcog.state import rows as state_rows
from services.debugcog.state.database import Database
from services.debugcog.ticker import stop

if TYPE_CHECKING:
    import sqlite3

log = own_logger("debugcog.registration")

RETRY_SECONDS = (5.0, 30.0, 120.0, 600.0)
GONE = (10063, 10004, 50001)
"""Unknown command, unknown guild, missing access: there is nothing of ours any more."""
MISSING_ACCESS = 50001
GUILDS_NAMED = 10
SCHEMA = """
CREATE TABLE IF NOT EXISTS registrations (guild_id INTEGER PRIMARY KEY, command_id INTEGER NOT NULL)
"""
OUTAGES = (discord.DiscordServerError, aiohttp.ClientError, OSError)


class Registration:
    """Registers once per load, as soon as the bot is logged in, and keeps it registered.

    Discord hides the command from members who are no administrators, unless users or roles are
    named who may use it: a permission is all that Discord can be told, so then the command is
    visible to everyone in the guild, and the cog's own check decides.

    Args:
        bot: the host.
        cog: whose group is registered.
        settings: where, and whether others than administrators are named.
        database: with ``SCHEMA``, open from ``start`` to ``close``.
        pace: how often it is looked whether the command is still there.
        before: what is waited for first: a command that is there can be answered.
        afterwards: what else is asked of Discord once the bot is logged in; after the registration,
            so that the host's session need not open a second connection for us.
    """

    def __init__(
        self,
        bot: commands.Bot,
        cog: commands.GroupCog,
        settings: Settings,
        database: Database,
        pace: Pace | None = None,
        before: Callable[[], Awaitable[None]] | None = None,
        afterwards: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._bot = bot
        self._database = database
        self._guild_ids = sorted(settings.debug_guild_ids)
        self._before, self._afterwards = before, afterwards
        self._looked_for = settings.looked_for
        self._task: asyncio.Task[None] | None = None
        self._done = False
        self._logged: set[str] = set()
        group = cog.app_command
        assert isinstance(group, discord.app_commands.Group)
        self._group = group
        self._direct = DirectMessage(bot, group, settings, database)
        redirect = self._direct.redirect if settings.debug_in_dm else None
        self._upkeep = CommandUpkeep(
            bot.tree, group, self._lists, self._put_back, pace or Pace(), redirect
        )
        if not (settings.debug_admin_user_ids or settings.debug_admin_role_ids):
            group.default_permissions = discord.Permissions(administrator=True)

    def start(self) -> None:
        """Begin when the bot is logged in; to be called again when something may have changed."""
        self._direct.start()
        if self._bot.application_id is None:
            return
        if self._done:
            self._upkeep.check_now()
        elif self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="debugcog-registration")

    async def close(self) -> None:
        """Stop trying, and stop looking."""
        if self._task is not None:
            await stop(self._task)
            self._task = None
        self._direct.close()
        await self._upkeep.close()

    async def _run(self) -> None:
        if self._before is not None:
            await self._before()
        known = await self._database.query(_known)
        refused = {}
        for guild_id in self._guild_ids:
            error = await self._insist(self._upsert, guild_id)
            if error is not None:
                refused[guild_id] = error
        for guild_id in known.keys() - {*self._guild_ids, GLOBAL}:
            error = await self._insist(partial(self._remove, known[guild_id]), guild_id)
            if error is not None:
                self._tell(f"Registration of /debug failed: {_reason(error, guild_id)}")
        error = await self._insist(lambda _: self._direct.keep(was_there=GLOBAL in known), GLOBAL)
        if error is not None:
            self._tell(f"Registration of /debug for direct messages failed: {error}")
        await self._tell_refusals(refused)
        direct = [GLOBAL] if self._direct.is_there else []
        self._upkeep.start([*direct, *(one for one in self._guild_ids if one not in refused)])
        self._done = not refused
        afterwards, self._afterwards = self._afterwards, None
        if afterwards is not None:
            await afterwards()

    async def _insist(
        self, work: Callable[[int], Awaitable[None]], guild_id: int
    ) -> discord.HTTPException | None:
        """Do it when Discord can be reached; return its refusal."""
        for delay in itertools.chain(RETRY_SECONDS, itertools.repeat(RETRY_SECONDS[-1])):
            try:
                await work(guild_id)
            except (*OUTAGES, discord.HTTPException) as error:
                if _is_refusal(error):
                    return error
                log.warning("Registration of /debug waits %d s: %s", delay, error)
                await asyncio.sleep(delay)
            else:
                break
        return None

    async def _lists(self, guild_id: int) -> tuple[dict[int, int], bool]:
        """List the guild's commands, id → version, and tell whether ours is one of them."""
        if guild_id == GLOBAL:
            return await self._direct.lists()
        registered = await self._registered(guild_id)
        ours = self._group.to_dict(self._bot.tree)
        versions = {int(one["id"]): int(one.get("version", 0)) for one in registered}
        return versions, any(same(ours, theirs) for theirs in registered)

    async def _registered(self, guild_id: int) -> list[Any]:
        listed = await left_alone(self._bot.http.get_guild_commands(self._application_id, guild_id))
        return answers.expected(listed, list)

    async def _upsert(self, guild_id: int) -> None:
        ours = self._group.to_dict(self._bot.tree)
        registered = await self._registered(guild_id)
        held = next((theirs for theirs in registered if same(ours, theirs)), None)
        if held is None:
            made = await left_alone(
                self._bot.http.upsert_guild_command(self._application_id, guild_id, ours)
            )
            held = answers.expected(made, dict)
            log.info("Registered /debug in guild_id=%d", guild_id)
        row = (guild_id, int(held["id"]))
        await self._database.run(partial(_keep, row=row))

    async def _put_back(self, place: int) -> None:
        """Register it in a server, or for direct messages."""
        await (self._direct.upsert() if place == GLOBAL else self._upsert(place))

    async def _remove(self, command_id: int, guild_id: int) -> None:
        try:
            await left_alone(
                self._bot.http.delete_guild_command(self._application_id, guild_id, command_id)
            )
            log.info("Removed /debug from guild_id=%d: it is in DEBUG_GUILD_IDS no more", guild_id)
        except discord.HTTPException as error:
            if error.code not in GONE:
                raise
        await self._database.run(partial(_forget, guild_id=guild_id))

    @property
    def _application_id(self) -> int:
        application_id = self._bot.application_id
        assert application_id is not None, "it is known from the login on"
        return application_id

    async def _tell_refusals(self, refused: Mapping[int, discord.HTTPException]) -> None:
        """Name what keeps the command away, in one line where no server has it."""
        if not self._guild_ids:
            self._tell(
                "Not registered: DEBUG_GUILD_IDS is empty, so no server has /debug. Put the id of "
                f"your admin server there{await self._guilds()}. It was looked for in "
                f"{self._looked_for}",
                logging.WARNING,
            )
        elif all(one in refused and refused[one].code == MISSING_ACCESS for one in self._guild_ids):
            self._tell(
                "Not registered: this bot is in none of DEBUG_GUILD_IDS="
                f"{','.join(map(str, self._guild_ids))}, or was invited without the "
                "applications.commands scope, so no server has /debug. Put the id of your admin "
                f"server there, or invite the bot again{await self._guilds()}"
            )
        else:
            for guild_id, error in refused.items():
                self._tell(f"Registration of /debug failed: {_reason(error, guild_id)}")

    async def _guilds(self) -> str:
        """Name the servers of the bot; before it is ready, only Discord knows them."""
        try:
            found = await left_alone(self._fetched_guilds())
        except (discord.HTTPException, *OUTAGES):
            return ""
        known = ", ".join(f"{guild.name} ({guild.id})" for guild in found)
        return f"; this bot is in {known or 'no server yet'}"

    async def _fetched_guilds(self) -> list[discord.Guild]:
        return [one async for one in self._bot.fetch_guilds(limit=GUILDS_NAMED)]

    def _tell(self, text: str, level: int = logging.ERROR) -> None:
        """Log it, but not again at each reconnection."""
        if text not in self._logged:
            self._logged.add(text)
            log.log(level, "%s", text)


@frozen
class Registered:
    """A server in which the command is registered, as it is stored."""

    guild_id: int
    command_id: int


def _known(connection: sqlite3.Connection) -> dict[int, int]:
    rows = connection.execute(f"SELECT rowid AS {state_rows.ROW_ID}, * FROM registrations")  # noqa: S608 - constant
    found = state_rows.readable(connection, "registrations", rows, state_rows.as_record(Registered))
    return {one.guild_id: one.command_id for one in found}


def _keep(connection: sqlite3.Connection, row: tuple[int, int]) -> None:
    connection.execute("REPLACE INTO registrations VALUES (?, ?)", row)


def _forget(connection: sqlite3.Connection, guild_id: int) -> None:
    connection.execute("DELETE FROM registrations WHERE guild_id = ?", (guild_id,))


def _is_refusal(error: Exception) -> TypeGuard[discord.HTTPException]:
    """Tell a refusal of Discord's, which has a code, from an outage or the answer of a proxy."""
    return (
        isinstance(error, discord.HTTPException)
        and not isinstance(error, OUTAGES)
        and error.code >= CODE_MIN
    )


def _reason(error: discord.HTTPException, guild_id: int) -> str:
    if error.code == MISSING_ACCESS:
        return (
            f"guild_id={guild_id} is not a server of this bot, or it was invited without the "
            "applications.commands scope; check DEBUG_GUILD_IDS and invite the bot again"
        )
    return f"guild_id={guild_id}: {error}"
