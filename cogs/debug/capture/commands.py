"""Prefix and hybrid commands → their errors in ErrorReporter, times in Calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from discord.ext import commands

from cogs.debug.capture import user_notice
from cogs.debug.capture.calls import Calls
from cogs.debug.capture.invocations import of_context
from services.debugcog.calls.running import ACTIVE
from services.debugcog.errors import handling, records
from services.debugcog.errors.patch import Patch
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.guard import guard

Coroutine = Callable[..., Awaitable[Any]]


class CommandCapture:
    """Makes the functions for the patches of a bot and of discord.py's commands.

    Args:
        bot: the host; commands of another bot in this process are left alone.
        reporter: gets the errors.
        calls: gets starts and ends.
    """

    def __init__(self, bot: commands.Bot, reporter: ErrorReporter, calls: Calls) -> None:
        self._bot = bot
        self._reporter = reporter
        self._calls = calls

    def patches(self) -> tuple[Patch, ...]:
        """List the patches: where commands start, and where their handlers are called."""
        return (
            Patch(self._bot, "invoke", self._starting),
            Patch(commands.Command, "dispatch_error", self._failing),
        )

    @guard(None)
    def failed(self, ctx: commands.Context[Any], error: Exception) -> None:
        """Report a command that has failed, and stop its clock."""
        context = of_context(ctx)
        found = self._reporter.report(error, context)
        if self._reporter.is_mistake(error):
            self._calls.refused(_number(ctx), context)
        else:
            self._calls.end(_number(ctx), context, error if found else None, found or "")

    async def answer(
        self, ctx: commands.Context[Any], error: Exception, handler: Coroutine
    ) -> None:
        """Give the user a notice, where the host has no handler of its own.

        Args:
            ctx: of the command.
            error: that made it fail.
            handler: that was called with it last.
        """
        found = self._reporter.id_of(error)
        if found and user_notice.is_default(handler) and not self._is_handled(ctx):
            await user_notice.to_context(ctx, found)

    def _starting(self, before: Coroutine) -> Coroutine:
        async def invoke(ctx: commands.Context[Any], /) -> None:
            context, outer, call = of_context(ctx), records.CURRENT.get(), ACTIVE.get()
            records.CURRENT.set(context)
            try:
                if context.command:
                    self._calls.start(_number(ctx), context, "prefix", context.command)
                await before(ctx)
                if not ctx.command_failed:
                    self._calls.end(_number(ctx), context)
            finally:
                if context.command:
                    self._calls.forget(_number(ctx))
                records.CURRENT.set(outer)
                ACTIVE.set(call)

        return invoke

    def _failing(self, before: Coroutine) -> Coroutine:
        async def dispatch_error(
            command: object, ctx: commands.Context[Any], error: commands.CommandError, /
        ) -> None:
            if ctx.bot is self._bot:
                self.failed(ctx, error)
            with handling.Handling(error):
                await before(command, ctx, error)

        return dispatch_error

    @guard(True)
    def _is_handled(self, ctx: commands.Context[Any]) -> bool:
        return bool(
            self._bot.extra_events.get("on_command_error")
            or (ctx.command is not None and ctx.command.has_error_handler())
            or (ctx.cog is not None and ctx.cog.has_error_handler())
        )


@guard(0)
def _number(ctx: commands.Context[Any]) -> int:
    return ctx.interaction.id if ctx.interaction else ctx.message.id
