"""Check: hooks of ours that other code takes away, or that this discord.py does not have."""

from __future__ import annotations

import faulthandler
from collections.abc import Iterable, Iterator

from discord import app_commands
from discord.ext import commands

from services.debugcog.diagnosis.findings import Finding, note, warning
from services.debugcog.errors.patch import Patch
from services.debugcog.wording import counted

COVERED_MIN = 3
"""Times from which it is no start of a host, but a tug of war."""


def hooks(bot: commands.Bot, patches: Iterable[Patch], *, own_trace: bool) -> Iterator[Finding]:
    """Look at each hook.

    Args:
        bot: the host.
        patches: all hooks.
        own_trace: whether ``faulthandler`` writes to our file.
    """
    patches = tuple(patches)
    absent = [one.label for one in patches if not one.is_in_force]
    if absent:
        fix = "Update DebugCog, or use the discord.py that it was tested with."
        yield warning("Something is not watched", ", ".join(absent), fix=fix)
    covered = [one for one in patches if one.covered >= COVERED_MIN]
    if covered:
        lines = [
            f"{one.label}: {counted(one.covered, 'time')}, by {one.covered_by}" for one in covered
        ]
        fix = "It is put back every 2 seconds. Let only one cog patch these functions."
        yield warning("Other code keeps replacing hooks of the cog", *lines, fix=fix)
    if _has_own_handler(bot.tree):
        yield note("The bot answers failed commands itself", "tree.on_error is the bot's own")
    if faulthandler.is_enabled() and not own_trace:
        text = "a crash leaves no stack for /debug alerts"
        yield note("`faulthandler` is used by the bot itself", text)


def _has_own_handler(tree: app_commands.CommandTree[commands.Bot]) -> bool:
    return "on_error" in vars(tree) or type(tree).on_error is not app_commands.CommandTree.on_error
