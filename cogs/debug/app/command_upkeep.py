"""Periodic check that restores /debug after the host has cleared or overwritten it.

The place ``GLOBAL`` stands for direct messages: there, the tree has nothing to restore.

A host's ``tree.clear_commands()`` takes the command out of the bot's tree, and its
``tree.sync(guild=…)`` then removes it from Discord. Nothing tells of either, so both are looked at.
What goes missing again and again is put back less and less often: no contest with the host.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import discord
from discord import app_commands

from cogs.debug.app.direct_message import GLOBAL
from services.debugcog.errors.patch import Patch
from services.debugcog.frozen import frozen, slotted
from services.debugcog.guard import guard, own_logger
from services.debugcog.ticker import stop

log = own_logger("debugcog.registration")

SYNC_CHECKS_MAX = 20
"""Checks of a guild whose commands change each time; then the next turn tries again."""
Listing = Callable[[int], Awaitable[tuple[dict[int, int], bool]]]
Check = Callable[[discord.Interaction[Any]], Awaitable[bool]]


@frozen
class Pace:
    """Times of the upkeep, in seconds.

    Attributes:
        tree: between two checks of the bot's own tree, which cost nothing.
        check_interval: between two checks of what Discord holds.
        sync_grace: a host's sync is over when Discord holds the same so much later.
        most: between two checks after the command went missing again and again.
    """

    tree: float = 5.0
    check_interval: float = 180.0
    sync_grace: float = 15.0
    most: float = 3600.0


@slotted
class _Turn:
    """When a guild is looked at next (seconds of the loop), and how often it was lost in a row."""

    due: float
    losses: int = 0


class CommandUpkeep:
    """Keeps one command in the tree and at Discord, from ``start`` to ``close``.

    Args:
        tree: of the bot.
        group: the command.
        lists: lists a guild's commands at Discord, id → version, and tells whether ours is there.
        upsert: registers ours in a guild.
        pace: how often.
        redirect: told of each interaction before its command is looked for.
    """

    def __init__(
        self,
        tree: app_commands.CommandTree[Any],
        group: app_commands.Group,
        lists: Listing,
        upsert: Callable[[int], Awaitable[None]],
        pace: Pace,
        redirect: Callable[[discord.Interaction[Any]], object] | None = None,
    ) -> None:
        self._tree = tree
        self._group = group
        self._lists = lists
        self._upsert = upsert
        self._pace = pace
        self._redirect = redirect
        self._guild_ids: frozenset[int] = frozenset()
        self._turns: dict[int, _Turn] = {}
        self._called = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._patch = Patch(tree, "interaction_check", self._before_lookup)

    def start(self, guild_ids: Sequence[int]) -> None:
        """Look after the command in these guilds."""
        self._guild_ids = frozenset(guild_ids)
        self._patch.install()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="debugcog-command-upkeep")

    def check_now(self) -> None:
        """Check at Discord at once: the bot has connected anew, or has joined a server."""
        self._called.set()

    async def close(self) -> None:
        """Stop looking."""
        self._guild_ids = frozenset()  # what covers our function may still call it
        self._patch.remove()
        if self._task is not None:
            await stop(self._task)
            self._task = None

    def _before_lookup(self, before: Check) -> Check:
        """Put the command back before discord.py looks for it: the interaction is answered."""

        async def interaction_check(interaction: discord.Interaction[Any], /) -> bool:
            self._restore(interaction.guild_id)
            if self._redirect is not None:
                self._redirect(interaction)
            return bool(await before(interaction))

        return interaction_check

    @guard(False)
    def _restore(self, guild_id: int | None) -> bool:
        """Put the command back into the tree; return whether it was missing."""
        if guild_id not in self._guild_ids or guild_id == GLOBAL:
            return False
        guild = discord.Object(guild_id)
        if self._tree.get_command(self._group.name, guild=guild) is not None:
            return False
        try:
            self._tree.add_command(self._group, guild=guild)
        except app_commands.AppCommandError as error:
            self._guild_ids -= {guild_id}
            log.error("No /debug in guild_id=%d any more: %s", guild_id, error)
            return False
        log.info("Put /debug back into the tree of guild_id=%d: it was cleared", guild_id)
        return True

    async def _run(self) -> None:
        while True:
            is_called = await self._pause()
            for guild_id in sorted(self._guild_ids):
                await self._keep(guild_id, is_called=is_called)

    async def _pause(self) -> bool:
        """Wait for the next turn; return whether ``check_now`` asked for it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.tree):
                await self._called.wait()
                self._called.clear()
                return True
        return False

    async def _keep(self, guild_id: int, *, is_called: bool) -> None:
        now = asyncio.get_running_loop().time
        turn = self._turns.setdefault(guild_id, _Turn(now() + self._pace.check_interval))
        if self._restore(guild_id) and not turn.losses:
            # A sync without ours may follow.
            turn.due = min(turn.due, now() + self._pace.sync_grace)
        if is_called or now() >= turn.due:
            was_lost = await self._check(guild_id, turn.losses + 1)
            turn.losses = turn.losses + 1 if was_lost else max(turn.losses - 1, 0)
            turn.due = now() + self._wait(turn.losses)

    def _wait(self, losses: int) -> float:
        return min(self._pace.check_interval * 2.0**losses, self._pace.most)

    async def _check(self, guild_id: int, losses: int) -> bool:
        """Register the command again if Discord has lost it; return whether it had, or is silent.

        Args:
            guild_id: where.
            losses: how often in a row that is, if it has.
        """
        try:
            if not await self._is_lost(guild_id):
                return False
            await self._upsert(guild_id)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("Registration of /debug in %s not looked at: %s", _place(guild_id), error)
            return True
        often = (
            "; it goes missing again and again, so the next look is in "
            f"{self._wait(losses) / 60:.0f} min. Let the bot sync its commands after "
            "load_extension(), and clear none of others"
        )
        log.warning(
            "Registered /debug again in %s: Discord had lost it, as it does when a bot "
            "syncs its commands without ours%s",
            _place(guild_id),
            often if losses > 1 else "",
        )
        return True

    async def _is_lost(self, guild_id: int) -> bool:
        """Wait until no sync is under way, and tell whether the command is missing then."""
        held, is_there = await self._lists(guild_id)
        for _ in range(SYNC_CHECKS_MAX):
            if is_there or not self._is_ours(guild_id):
                return False
            await asyncio.sleep(self._pace.sync_grace)
            before = held
            held, is_there = await self._lists(guild_id)
            if held == before:
                return True
        return False

    def _is_ours(self, guild_id: int) -> bool:
        """Return whether the tree has our command, not one of the host's by the same name."""
        if guild_id == GLOBAL:
            return self._tree.get_command(self._group.name) is None
        guild = discord.Object(guild_id)
        return self._tree.get_command(self._group.name, guild=guild) is self._group


def _place(guild_id: int) -> str:
    return "direct messages" if guild_id == GLOBAL else f"guild_id={guild_id}"
