"""Slash and context-menu commands → their errors in ErrorReporter, times in Calls.

A command's own handler, its group's, its cog's and the tree's ``on_error`` are called one after the
other. Errors are taken before the first of them, where discord.py calls it, and not at the tree's
``on_error``, to which a host assigns at any time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.capture import user_notice
from cogs.debug.capture.calls import Calls
from cogs.debug.capture.following import kind_of
from cogs.debug.capture.invocations import of_interaction
from cogs.debug.capture.user_texts import UserTexts
from cogs.debug.ui.own_commands import is_own, is_stray
from services.debugcog.errors import handling as errors_handling
from services.debugcog.errors import records
from services.debugcog.errors.patch import Patch, without_own_frame
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.exceptions import attributes_of, cause_of
from services.debugcog.guard import guard

Coroutine = Callable[..., Awaitable[Any]]
Interaction = discord.Interaction[Any]


def _name_original(error: BaseException) -> None:
    """Name what a transformer failed with, as discord.py does of what a converter does.

    A ``ValueError`` says that the user has typed something else than is asked for.
    """
    cause = cause_of(error) if issubclass(type(error), app_commands.TransformerError) else None
    if cause is not None and not issubclass(type(cause), ValueError):
        attributes_of(error)["original"] = cause


class AppCommandCapture:
    """Makes the functions for the patches of a tree and of discord.py's application commands.

    Args:
        bot: the host; commands of another bot in this process are left alone.
        reporter: gets the errors.
        calls: gets starts and ends.
        texts: gets what users typed.
    """

    def __init__(
        self,
        bot: commands.Bot,
        reporter: ErrorReporter,
        calls: Calls,
        texts: UserTexts,
    ) -> None:
        self._bot = bot
        self._reporter = reporter
        self._calls = calls
        self._texts = texts

    def patches(self) -> tuple[Patch, ...]:
        """List the patches: where commands start, and where their handlers are called."""
        return (
            Patch(self._bot.tree, "_call", self._calling),
            Patch(self._bot.tree, "_dispatch_error", self._dispatching),
            Patch(app_commands.Command, "_invoke_error_handlers", self._failing),
            Patch(app_commands.ContextMenu, "_invoke", self._invoking),
        )

    def _calling(self, before: Coroutine) -> Coroutine:
        async def call(interaction: Interaction, /) -> None:
            self._start(interaction)
            try:
                with errors_handling.Handling() as handling:
                    try:
                        await before(interaction)
                    except Exception as error:
                        without_own_frame(error)
                        self._failed(interaction, error)
                        raise
                    self._end(interaction)
                    failed = handling.error
            finally:
                self._calls.forget(interaction.id)
            await self._answer(interaction, failed)

        return call

    def _dispatching(self, before: Coroutine) -> Coroutine:
        async def dispatch_error(interaction: Interaction, error: Exception, /) -> None:
            self._failed(interaction, error)
            if is_stray(interaction):  # the cog itself has refused it
                return
            with errors_handling.Handling(error):
                await before(interaction, error)
            await self._answer(interaction, error)

        return dispatch_error

    def _failing(self, before: Coroutine) -> Coroutine:
        async def invoke_error_handlers(
            command: object, interaction: Interaction, error: Exception, /
        ) -> None:
            if interaction.client is self._bot:
                self._failed(interaction, error)
            await before(command, interaction, error)

        return invoke_error_handlers

    def _invoking(self, before: Coroutine) -> Coroutine:
        async def invoke(menu: object, interaction: Interaction, target: object, /) -> None:
            try:
                await before(menu, interaction, target)
            except Exception as error:
                without_own_frame(error)
                if interaction.client is self._bot:
                    self._failed(interaction, error)
                raise

        return invoke

    @guard(None)
    def _start(self, interaction: Interaction) -> None:
        if is_own(interaction):
            return
        context = of_interaction(interaction)
        records.CURRENT.set(context)  # the task is this command's own, so it ends with it
        self._texts.add(interaction)
        kind = kind_of(interaction)
        name = f"{context.command}:autocomplete" if kind == "autocomplete" else context.command
        self._calls.start(interaction.id, context, kind, name)

    @guard(None)
    def _failed(self, interaction: Interaction, error: Exception) -> None:
        _name_original(error)
        errors_handling.set_handled(error)
        if is_own(interaction):
            self._reporter.ignore(error)
            return
        context = of_interaction(interaction)
        found = self._reporter.report(error, context)
        if self._reporter.is_mistake(error):
            self._calls.refused(interaction.id, context)
        else:
            self._calls.end(interaction.id, context, error if found else None, found or "")

    @guard(None)
    def _end(self, interaction: Interaction) -> None:
        if interaction.command_failed:
            self._calls.forget(interaction.id)
        else:
            self._calls.end(interaction.id, of_interaction(interaction))

    async def _answer(self, interaction: Interaction, error: BaseException | None) -> None:
        """Give the user a notice, where the host has no handler of its own."""
        found = self._reporter.id_of(error) if error is not None else None
        if found and not self._is_handled(interaction):
            await user_notice.to_interaction(interaction, found)

    @guard(True)
    def _is_handled(self, interaction: Interaction) -> bool:
        has_handlers = getattr(interaction.command, "_has_any_error_handlers", None)
        is_default = user_notice.is_default(self._bot.tree.on_error)
        return not is_default or bool(has_handlers and has_handlers())
