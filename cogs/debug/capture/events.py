"""Event listeners → their errors in ErrorReporter, before any error handler runs.

``Client._run_event`` is where discord.py runs a listener; it catches the error and calls the
client's ``on_error``. A host assigns to that one, at any time; nobody assigns to this one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from discord.ext import commands

from cogs.debug.capture.calls import Calls
from cogs.debug.capture.commands import CommandCapture
from cogs.debug.capture.invocations import of_event
from cogs.debug.capture.user_texts import UserTexts
from services.debugcog.calls.running import ACTIVE
from services.debugcog.errors import handling as errors_handling
from services.debugcog.errors.patch import Patch, without_own_frame
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.guard import guard

Coroutine = Callable[..., Awaitable[Any]]
Watch = Callable[[str, tuple[Any, ...]], None]


def watch_nothing(event: str, args: tuple[Any, ...]) -> None:
    """Do nothing with an event."""


class EventCapture:
    """Makes the function for the patch of a bot.

    Args:
        bot: the host.
        reporter: gets the errors.
        prefix_commands: knows what to do when one has failed.
        texts: gets what users write.
        watch: gets every event that a listener is called for; it must not raise.
        calls: gets those that are calls.
    """

    def __init__(
        self,
        bot: commands.Bot,
        reporter: ErrorReporter,
        prefix_commands: CommandCapture,
        texts: UserTexts,
        watch: Watch,
        calls: Calls,
    ) -> None:
        self._bot = bot
        self._reporter = reporter
        self._commands = prefix_commands
        self._texts = texts
        self._watch = watch
        self._calls = calls

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
            self._watch(event, args)
            given: tuple[Any, ...] = (*args, *kwargs.values())
            error = next((one for one in given if issubclass(type(one), Exception)), None)
            ctx = self._failed(event, args, error)
            call, outer = self._calls.listening(event, args, listener), ACTIVE.get()
            with errors_handling.Handling(error) as handling:
                if call is None:
                    await before(watched, event, *args, **kwargs)
                else:
                    ACTIVE.set(call)
                    try:
                        await before(watched, event, *args, **kwargs)
                    finally:
                        self._calls.listened(call, handling.error)
                        ACTIVE.set(outer)
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
