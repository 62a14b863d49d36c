"""Event listeners → their errors in ErrorReporter, before any error handler runs.

``Client._run_event`` is where discord.py runs a listener; it catches the error and calls the
client's ``on_error``. A host assigns to that one, at any time; nobody assigns to this one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from discord.ext import commands

from cogs.debug.capture.commands import CommandCapture
from cogs.debug.capture.invocations import of_event
from cogs.debug.capture.user_texts import UserTexts
from services.debugcog.errors.handling import Handling
from services.debugcog.errors.patch import Patch, without_own_frame
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.guard import guard

Coroutine = Callable[..., Awaitable[Any]]


class EventCapture:
    """Makes the function for the patch of a bot.

    Args:
        bot: the host.
        reporter: gets the errors.
        prefix_commands: knows what to do when one has failed.
        texts: gets what users write.
    """

    def __init__(
        self,
        bot: commands.Bot,
        reporter: ErrorReporter,
        prefix_commands: CommandCapture,
        texts: UserTexts,
    ) -> None:
        self._bot = bot
        self._reporter = reporter
        self._commands = prefix_commands
        self._texts = texts

    def patches(self) -> tuple[Patch, ...]:
        """List the patch: where a listener is run."""
        return (Patch(self._bot, "_run_event", self._running),)

    def _running(self, before: Coroutine) -> Coroutine:
        async def run_event(listener: Coroutine, event: str, /, *args: Any, **kwargs: Any) -> None:
            async def watched(*args: Any, **kwargs: Any) -> None:
                try:
                    await listener(*args, **kwargs)
                except Exception as error:
                    without_own_frame(error)
                    self._reporter.report(error, of_event(event, args))
                    handling.error = error
                    raise

            self._texts.add_event(event, args)
            given: tuple[Any, ...] = (*args, *kwargs.values())
            error = next((one for one in given if issubclass(type(one), Exception)), None)
            ctx = self._failed(event, args, error)
            with Handling(error) as handling:
                await before(watched, event, *args, **kwargs)
            if ctx is not None and error is not None:
                await self._commands.answer(ctx, error, listener)

        return run_event

    @guard(cast("commands.Context[Any] | None", None))
    def _failed(
        self, event: str, args: tuple[Any, ...], error: Exception | None
    ) -> commands.Context[Any] | None:
        """Report the command that an event tells of, if it has failed; return its context."""
        if event != "on_command_error" or error is None:
            return None
        if not issubclass(type(args[0]), commands.Context):  # a host dispatches this event itself
            self._reporter.report(error, of_event(event, args))
            return None
        ctx: commands.Context[Any] = args[0]
        self._commands.failed(ctx, error)
        return ctx
