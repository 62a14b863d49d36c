"""Check: commands that Discord has, against those in the code, by server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import discord
from discord.ext import commands

from services.debugcog.diagnosis.findings import Finding, UnknownError, warning
from services.debugcog.outbox.outcomes import Outcome
from services.debugcog.shield import left_alone

GUILDS_MAX = 10
"""Servers that are asked for; each is a request."""
NAMED = 8
SERVER = 0
"""Among the contexts of a command."""
SYNC = "`await bot.tree.sync({})`"
Commands = Mapping[tuple[str, int], Mapping[str, Any]]
"""By name and type."""


async def registered_commands(
    bot: commands.Bot, same: Callable[[Mapping[str, Any], Mapping[str, Any]], bool], ours: str
) -> list[Finding]:
    """Compare the global commands, and those of the servers with some of their own.

    Args:
        bot: the host.
        same: tells whether Discord already holds a command as it is in the code.
        ours: name of the cog's own command, which it keeps registered itself.

    Raises:
        UnknownError: Discord does not tell.
    """
    if bot.application_id is None:
        raise UnknownError("the bot is not logged in yet")
    try:
        held = listed(await left_alone(bot.http.get_global_commands(bot.application_id)))
        found = list(compared("globally", in_code(bot), held, same, ours))
        for guild in bot.guilds[:GUILDS_MAX]:
            own = listed(
                await left_alone(bot.http.get_guild_commands(bot.application_id, guild.id))
            )
            where = f"in {guild.name} ({guild.id})"
            found += compared(where, in_code(bot, guild), own, same, ours)
            found += duplicated(where, held, own)
    except discord.HTTPException as error:
        raise UnknownError(f"Discord does not tell: HTTP {error.status}") from error
    return found


def in_code(bot: commands.Bot, guild: discord.Guild | None = None) -> Commands:
    """List the commands of the tree as they would be registered."""
    return by_name([one.to_dict(bot.tree) for one in bot.tree.get_commands(guild=guild)])


def listed(answer: Any) -> Commands:
    """Read the commands that Discord lists.

    Raises:
        UnknownError: it is no list of commands, and so no answer of Discord's.
    """
    known = isinstance(answer, list)
    if not known or not all(isinstance(one, dict) and "name" in one for one in answer):
        raise UnknownError(Outcome.FOREIGN.value)
    return by_name(answer)


def by_name(listed: Sequence[Mapping[str, Any]]) -> Commands:
    """Map commands by name and type."""
    return {(str(one["name"]), int(one.get("type", 1))): one for one in listed}


def compared(
    where: str,
    code: Commands,
    held: Commands,
    same: Callable[[Mapping[str, Any], Mapping[str, Any]], bool],
    ours: str,
) -> Iterator[Finding]:
    """Find commands that are missing, outdated or left over in one place."""
    argument = "" if where == "globally" else "guild=guild"
    fix = f"Sync the tree once: {SYNC.format(argument)}."
    missing = [key for key in code if key not in held]
    outdated = [key for key in code if key in held and not same(code[key], held[key])]
    left = [key for key in held if key not in code and not _is_kept(key, held[key], ours)]
    if missing:
        yield warning("Commands are not registered", _named(where, missing, ours), fix=fix)
    if outdated:
        yield warning(
            "Discord has an older form of commands", _named(where, outdated, ours), fix=fix
        )
    if left:
        title = "Discord offers commands that are not in the code"
        yield warning(title, _named(where, left, ours), fix=f"{fix} It removes them.")


def duplicated(where: str, everywhere: Commands, own: Commands) -> Iterator[Finding]:
    """Find commands that people see twice in a server."""
    both = [key for key in own if key in everywhere and in_servers(everywhere[key])]
    if both:
        fix = (
            "Keep one: `bot.tree.clear_commands(guild=guild)` and "
            f"{SYNC.format('guild=guild')} removes the server's own."
        )
        yield warning("Commands are shown twice", _named(where, both, ""), fix=fix)


def in_servers(command: Mapping[str, Any]) -> bool:
    """Return whether a global command is shown in servers; one of the cog's is not."""
    contexts = command.get("contexts")
    return contexts is None or SERVER in contexts


def _is_kept(key: tuple[str, int], command: Mapping[str, Any], ours: str) -> bool:
    """Return whether it is the cog's own for direct messages, which no tree has."""
    return key == (ours, 1) and not in_servers(command)


def _named(where: str, keys: Sequence[tuple[str, int]], ours: str) -> str:
    names = [f"{'/' if kind == 1 else ''}{name}" for name, kind in keys[:NAMED]]
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    self_kept = f" (/{ours} comes back by itself)" if (ours, 1) in keys else ""
    return f"{where}: {', '.join(names)}{more}{self_kept}"
