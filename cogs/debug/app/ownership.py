"""Guards against loading the cog twice, and against other extensions unloading it.

Whatever extension is unloaded, reloaded or fails to load, discord.py removes the cogs, commands and
listeners whose module has that name or is below it. A host's own ``cogs/debug.py`` would so take
ours away, and so would ``cogs.debug`` that is refused because ``debugcog`` runs already.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from discord.ext import commands

from cogs.debug.ui.own_commands import is_own_function

Host: TypeAlias = commands.Bot | commands.AutoShardedBot

NAMES = ("debugcog", "cogs.debug")
"""What the cog can be loaded as."""
NO_EXTENSION = "services.debugcog"


def refuse_second(bot: Host, cog_name: str, kind: type[commands.Cog]) -> None:
    """Refuse to load the cog beside itself, or beside a cog of the host's with its name.

    Raises:
        RuntimeError: says what is there already.
    """
    present = bot.get_cog(cog_name)
    if isinstance(present, kind):
        loaded = " and ".join(name for name in NAMES if name in bot.extensions)
        raise RuntimeError(
            f"DebugCog is loaded already, as {loaded or 'a cog'}: load it once, as debugcog"
        )
    if present is not None:
        raise RuntimeError(
            f"this bot has a cog of its own named {cog_name} ({type(present).__module__}): "
            "rename that one"
        )


def keep_listeners(bot: Host) -> None:
    """Let our listeners go with nobody: who has added one removes it."""
    for listeners in bot.extra_events.values():
        for listener in listeners:
            function: Any = getattr(listener, "__func__", None)
            if is_own_function(function):
                function.__module__ = NO_EXTENSION
