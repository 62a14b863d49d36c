"""Interaction, command or event → Context for error reports."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from cogs.debug.ui.own_commands import name_sent
from services.debugcog.errors.records import Context
from services.debugcog.guard import guard

SOURCES = {
    discord.InteractionType.application_command: "command",
    discord.InteractionType.autocomplete: "autocomplete",
    discord.InteractionType.component: "view",
    discord.InteractionType.modal_submit: "modal",
}


@guard(Context(source="interaction"))
def of_interaction(interaction: discord.Interaction[Any], command: str = "") -> Context:
    """Return the context of an interaction; ``command`` takes the place of the command's name."""
    found = interaction.command
    return Context(
        source=SOURCES.get(interaction.type, "interaction"),
        command=command or (name_sent(interaction) if found is None else found.qualified_name),
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
        command="" if ctx.command is None else ctx.command.qualified_name,
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
