"""Registration of /debug for direct messages with the bot, without touching other global commands.

The tree keeps /debug for ``DEBUG_GUILD_IDS`` alone; a use in a direct message is answered by the
command of a server. A global sync of the host replaces all global commands by those of its tree, so
ours is added to what it sends, and left out of what it is answered.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from cogs.debug.app.command_compare import same
from cogs.debug.delivery import answers
from services.debugcog.errors.patch import Patch
from services.debugcog.guard import guard, own_logger
from services.debugcog.shield import left_alone

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from services.debugcog.settings import Settings
    from services.debugcog.state.database import Database

log = own_logger("debugcog.registration")

GLOBAL = 0
"""Stands for "no server" among the registrations."""
BOT_DM = 1
GUILD_INSTALL, USER_INSTALL = 0, 1
SLASH = 1
COMMANDS = 100
"""Global commands that an application may have."""
Command = dict[str, Any]
NOTHING: Sequence[Command] = ()


class DirectMessage:
    """Registers /debug for direct messages, or takes that away.

    Args:
        bot: the host, logged in.
        group: the command.
        settings: whether, and which servers have the command.
        database: with the table of registrations.
    """

    def __init__(
        self,
        bot: commands.Bot,
        group: discord.app_commands.Group,
        settings: Settings,
        database: Database,
    ) -> None:
        self._bot = bot
        self._group = group
        self._database = database
        self._wanted = settings.debug_in_dm
        self._guild_id = min(settings.debug_guild_ids, default=None)
        self._id: int | None = None
        self._patch = Patch(bot.http, "bulk_upsert_global_commands", self._in_sync)

    @property
    def is_there(self) -> bool:
        """Return whether it was registered."""
        return self._id is not None

    def start(self) -> None:
        """Be part of each global sync of the host from now on."""
        if self._wanted and self._guild_id is not None:
            self._patch.install()

    def close(self) -> None:
        """Leave the host's syncs alone."""
        self._patch.remove()

    async def keep(self, *, was_there: bool) -> None:
        """Register it, or take away what was registered before.

        Args:
            was_there: whether an earlier load has registered it.
        """
        if self._wanted and self._guild_id is None:
            log.error("DEBUG_IN_DM needs DEBUG_GUILD_IDS: /debug is in no direct message")
        elif self._wanted:
            await self._register()
        elif was_there:
            await self._remove()

    async def lists(self) -> tuple[dict[int, int], bool]:
        """List the global commands, id → version, and tell whether ours is one of them."""
        listed = await self._listed()
        theirs = self._named(listed)
        is_there = theirs is not None and _same(self._payload(), theirs)
        return {int(one["id"]): int(one.get("version", 0)) for one in listed}, is_there

    async def upsert(self) -> None:
        """Register it."""
        application_id = self._bot.application_id or 0
        request = self._bot.http.upsert_global_command(application_id, self._payload())  # type: ignore[arg-type]  # it is what to_dict gives
        await self._found(answers.expected(await left_alone(request), dict))

    @guard(None)
    def redirect(self, interaction: discord.Interaction[Any]) -> None:
        """Let a use in a direct message find the command of a server."""
        data: Any = interaction.data
        is_direct = self._id is not None and interaction.guild_id is None
        if is_direct and data and data.get("id") == str(self._id):
            data["guild_id"] = str(self._guild_id)

    def _in_sync(self, below: Callable[..., Any]) -> Callable[..., Any]:
        async def bulk_upsert_global_commands(application_id: int, payload: Any) -> Any:
            ours = self._missing_in(payload)
            held = await below(application_id, payload=[*payload, *ours])
            return self._without_ours(held) if ours else held

        return bulk_upsert_global_commands

    @guard(NOTHING)
    def _missing_in(self, payload: Sequence[Command]) -> Sequence[Command]:
        """Return our command, where the host's have no such name and leave room for it."""
        is_theirs = any(one["name"] == self._group.name for one in payload)
        return NOTHING if is_theirs or len(payload) >= COMMANDS else (self._payload(),)

    def _without_ours(self, held: Any) -> Any:
        """Note which command Discord holds as ours, and return the host's."""
        ours = self._named(held) if isinstance(held, list) else None
        if ours is None:
            return held
        self._id = int(ours["id"])
        return [one for one in held if one is not ours]

    async def _register(self) -> None:
        theirs = self._named(await self._listed())
        if self._is_hosts(theirs):
            log.error("No /debug in direct messages: the bot has a global /%s", self._group.name)
        elif theirs is None or not _same(self._payload(), theirs):
            await self.upsert()
            log.info("Registered /debug in direct messages")
        else:
            await self._found(theirs)

    async def _remove(self) -> None:
        theirs = self._named(await self._listed())
        if theirs is not None and not self._is_hosts(theirs):
            application_id, command_id = self._bot.application_id or 0, int(theirs["id"])
            await left_alone(self._bot.http.delete_global_command(application_id, command_id))
            log.info("Removed /debug from direct messages: DEBUG_IN_DM is off")
        await self._database.run(_forget)

    async def _listed(self) -> list[Any]:
        application_id = self._bot.application_id or 0
        listed: Any = await left_alone(self._bot.http.get_global_commands(application_id))
        return answers.expected(listed, list)

    def _named(self, listed: Sequence[Any]) -> Any:
        """Return the global slash command by our name, if there is one."""
        named = (one for one in listed if one["name"] == self._group.name)
        return next((one for one in named if one.get("type", 1) == SLASH), None)

    def _is_hosts(self, theirs: Any) -> bool:
        """Tell a command of the host's from ours, which is for direct messages alone."""
        in_tree = self._bot.tree.get_command(self._group.name) is not None
        return in_tree or (theirs is not None and theirs.get("contexts") != [BOT_DM])

    async def _found(self, theirs: Any) -> None:
        self._id = int(theirs["id"])
        await self._database.run(partial(_keep, row=(GLOBAL, self._id)))

    def _payload(self) -> dict[str, Any]:
        application = self._bot.application
        by_user = getattr(application, "user_integration_config", None) is not None
        types = [GUILD_INSTALL, USER_INSTALL] if by_user else [GUILD_INSTALL]
        plain = dict(self._group.to_dict(self._bot.tree))
        return {**plain, "contexts": [BOT_DM], "integration_types": types}


def _same(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    places = all(ours[key] == theirs.get(key) for key in ("contexts", "integration_types"))
    return places and same(ours, theirs)


def _keep(connection: sqlite3.Connection, row: tuple[int, int]) -> None:
    connection.execute("REPLACE INTO registrations VALUES (?, ?)", row)


def _forget(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM registrations WHERE guild_id = ?", (GLOBAL,))
