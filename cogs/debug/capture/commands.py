"""Commands of every kind: what they run into → ErrorReporter, how long they take → CommandTimes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.capture import user_notice
from cogs.debug.capture.invocations import (
    CommandTimes,
    is_own,
    of_context,
    of_interaction,
)
from cogs.debug.capture.user_texts import UserTexts
from services.debugcog.errors.patch import Patch
from services.debugcog.errors.records import CURRENT
from services.debugcog.errors.reporter import ErrorReporter

Coroutine = Callable[..., Awaitable[Any]]


class CommandCapture:
    """Makes the functions for the patches of a bot and its tree.

    Args:
        bot: the host.
        reporter: gets the errors.
        times: gets starts and ends.
        texts: gets what users typed.
    """

    def __init__(
        self,
        bot: commands.Bot,
        reporter: ErrorReporter,
        times: CommandTimes,
        texts: UserTexts,
    ) -> None:
        self._bot = bot
        self._reporter = reporter
        self._times = times
        self._texts = texts

    def patches(self) -> tuple[Patch, ...]:
        """List the patches: where commands start, and where they fail."""
        return (
            Patch(self._bot, "invoke", self._starting),
            Patch(self._bot, "on_command_error", self._failing),
            Patch(self._bot.tree, "interaction_check", self._starting_slash),
            Patch(self._bot.tree, "on_error", self._failing_slash),
        )

    async def completed(self, interaction: discord.Interaction[Any], _: object) -> None:
        """Listen to ``app_command_completion``."""
        self._times.end(interaction.id, of_interaction(interaction))

    def _starting(self, before: Coroutine) -> Coroutine:
        async def invoke(ctx: commands.Context[Any], /) -> None:
            context = of_context(ctx)
            token = CURRENT.set(context)
            try:
                if context.command:
                    self._times.start(ctx.message.id, context)
                await before(ctx)
                if not ctx.command_failed:
                    self._times.end(ctx.message.id, context)
            finally:
                CURRENT.reset(token)

        return invoke

    def _failing(self, before: Coroutine) -> Coroutine:
        async def on_command_error(
            ctx: commands.Context[Any], error: commands.CommandError, /
        ) -> None:
            context = of_context(ctx)
            found = self._reporter.report(error, context)
            number = ctx.interaction.id if ctx.interaction else ctx.message.id
            self._times.end(number, context, error if found else None)
            await before(ctx, error)
            if found and not self._is_handled(ctx, before):
                await user_notice.to_context(ctx, found)

        return on_command_error

    def _is_handled(self, ctx: commands.Context[Any], before: Coroutine) -> bool:
        return bool(
            getattr(before, "__func__", None) is not commands.Bot.on_command_error
            or self._bot.extra_events.get("on_command_error")
            or (ctx.command and ctx.command.has_error_handler())
            or (ctx.cog and ctx.cog.has_error_handler())
        )

    def _starting_slash(self, before: Coroutine) -> Coroutine:
        async def interaction_check(interaction: discord.Interaction[Any], /) -> bool:
            if not is_own(interaction):
                context = of_interaction(interaction)
                CURRENT.set(context)  # the task is this command's own, so it ends with it
                self._texts.add(interaction)
                if context.source == "command":
                    self._times.start(interaction.id, context)
            return bool(await before(interaction))

        return interaction_check

    def _failing_slash(self, before: Coroutine) -> Coroutine:
        async def on_error(
            interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
        ) -> None:
            if is_own(interaction):
                self._reporter.ignore(error)
                if interaction.command is not None:  # else the cog itself has refused it
                    await before(interaction, error)
                return
            context = of_interaction(interaction)
            found = self._reporter.report(error, context)
            self._times.end(interaction.id, context, error if found else None)
            await before(interaction, error)
            if found and not _is_handled_slash(interaction, before):
                await user_notice.to_interaction(interaction, found)

        return on_error


def _is_handled_slash(interaction: discord.Interaction[Any], before: Coroutine) -> bool:
    if getattr(before, "__func__", None) is not app_commands.CommandTree.on_error:
        return True
    has_handlers = getattr(interaction.command, "_has_any_error_handlers", None)
    return bool(has_handlers and has_handlers())
