"""Interaction or command → Context for error reports, and its duration as metric and log line."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

import discord
from discord.ext import commands

from cogs.debug.ui.own_commands import name_sent
from services.debugcog.errors.records import Context
from services.debugcog.guard import guard
from services.debugcog.timeseries.timer import Timer

RUNNING_MAX = 1_000
"""Commands whose start is remembered; the oldest is forgotten first."""

SOURCES = {
    discord.InteractionType.application_command: "command",
    discord.InteractionType.autocomplete: "autocomplete",
    discord.InteractionType.component: "view",
    discord.InteractionType.modal_submit: "modal",
}

log = logging.getLogger("debugcog.commands")


class CommandTimes:
    """Times each user command from its start to its end, whether it works or fails.

    Args:
        timer: of MetricsService; gets ``command``, labelled with the command's name.
    """

    def __init__(self, timer: Callable[..., Timer]) -> None:
        self._timer = timer
        self._running: dict[int, tuple[Timer, float]] = {}

    @guard(None)
    def start(self, number: int, context: Context) -> None:
        """Start the clock of an interaction or message, by its id."""
        if len(self._running) >= RUNNING_MAX:
            del self._running[next(iter(self._running))]
        timer = self._timer("command", command=context.command)
        timer.__enter__()
        self._running[number] = timer, perf_counter()

    @guard(None)
    def end(self, number: int, context: Context, error: BaseException | None = None) -> None:
        """Stop the clock, once; ``error`` is what made the command fail."""
        timer, started = self._running.pop(number, (None, 0.0))
        if timer is None:
            return
        timer.__exit__(type(error) if error else None, error, None)
        _tell(context, "failed" if error else "done", started)

    @guard(None)
    def refused(self, number: int, context: Context) -> None:
        """Note that a command was refused, or could not be understood: it did not run."""
        timer, started = self._running.pop(number, (None, 0.0))
        if timer is not None:
            _tell(context, "refused", started)

    def forget(self, number: int) -> None:
        """Forget a command that was refused before it ran."""
        self._running.pop(number, None)


def _tell(context: Context, outcome: str, started: float) -> None:
    log.info(
        "Command %s: user_id=%s guild_id=%s %s after %.0f ms",
        context.command,
        context.user_id,
        context.guild_id,
        outcome,
        (perf_counter() - started) * 1000,
    )


@guard(Context(source="interaction"))
def of_interaction(interaction: discord.Interaction[Any], command: str = "") -> Context:
    """Return the context of an interaction; ``command`` takes the place of the command's name."""
    found = interaction.command
    return Context(
        source=SOURCES.get(interaction.type, "interaction"),
        command=command or (found.qualified_name if found else name_sent(interaction)),
        cog=_cog_name(getattr(found, "binding", None)),
        shard=interaction.guild.shard_id if interaction.guild else None,
        guild_id=interaction.guild_id,
        user_id=interaction.user.id,
        guild=_guild_name(interaction.guild),
        channel_id=interaction.channel_id,
        message_id=interaction.message.id if interaction.message else None,
    )


@guard(Context(source="command"))
def of_context(ctx: commands.Context[Any]) -> Context:
    """Return the context of a prefix or hybrid command."""
    return Context(
        source="command",
        command=ctx.command.qualified_name if ctx.command else "",
        cog=_cog_name(ctx.cog),
        shard=ctx.guild.shard_id if ctx.guild else None,
        guild_id=ctx.guild.id if ctx.guild else None,
        user_id=ctx.author.id,
        guild=_guild_name(ctx.guild),
        channel_id=ctx.channel.id,
        message_id=None if ctx.interaction else ctx.message.id,
    )


@guard(Context(source="listener"))
def of_event(name: str, arguments: tuple[Any, ...]) -> Context:
    """Return the context of an event, as far as its first argument shows it."""
    subject = arguments[0] if arguments else None
    guild = getattr(subject, "guild", subject)
    user = getattr(subject, "author", getattr(subject, "user", subject))
    message = subject if isinstance(subject, discord.Message) else None
    return Context(
        source="listener",
        command=name,
        shard=guild.shard_id if isinstance(guild, discord.Guild) else None,
        guild_id=guild.id if isinstance(guild, discord.Guild) else None,
        user_id=user.id if isinstance(user, (discord.User, discord.Member)) else None,
        guild=_guild_name(guild),
        channel_id=message.channel.id if message else None,
        message_id=message.id if message else None,
    )


def _guild_name(guild: object) -> str:
    return guild.name or "" if isinstance(guild, discord.Guild) else ""


def _cog_name(binding: object) -> str:
    return binding.qualified_name if isinstance(binding, commands.Cog) else ""
