"""Places where discord.py's errors end up → ErrorReporter; then what was there, then an apology.

A cog's listener for ``on_command_error`` would silence discord.py's own traceback log, and one for
``on_error`` does not exist. So each place is patched, by a function that reports and then calls
what it found there:

- of the bot and its tree: ``bot.on_error`` (listeners), ``bot.on_command_error`` and ``bot.invoke``
  (prefix and hybrid commands), ``tree.on_error`` and ``tree.interaction_check`` (slash commands,
  context menus, autocomplete);
- of a class of discord.py: ``_scheduled_task`` of views and modals, so that an ``on_error`` which
  the host wrote itself is seen too, and ``_call_loop_function`` of ``tasks.Loop``. These two are
  private: where discord.py has no such method, its log lines still tell of the errors.

All other errors reach discord.py's log at ERROR, and with it ``services.debugcog.errors.hooks``.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

from discord import app_commands
from discord.ext import commands, tasks

from cogs.debug.capture.commands import CommandCapture
from cogs.debug.capture.invocations import CommandTimes, of_event
from cogs.debug.capture.user_texts import UserTexts
from cogs.debug.capture.views import ViewCapture
from services.debugcog.errors.patch import Patch
from services.debugcog.errors.records import Context
from services.debugcog.errors.reporter import ErrorReporter

MISTAKES: tuple[type[BaseException], ...] = (
    commands.CheckFailure,
    commands.UserInputError,
    commands.CommandNotFound,
    commands.CommandOnCooldown,
    commands.MaxConcurrencyReached,
    commands.DisabledCommand,
    app_commands.CheckFailure,
    app_commands.TransformerError,
)
"""Errors that are the user's own mistakes, or the host's way to refuse."""
COMPLETED = "on_app_command_completion"

Coroutine = Callable[..., Awaitable[Any]]


class Capture:
    """The sources of errors that discord.py has, and the clock of the user's commands.

    Args:
        bot: the host.
        reporter: gets the errors.
        times: gets starts and ends of commands.
    """

    def __init__(self, bot: commands.Bot, reporter: ErrorReporter, times: CommandTimes) -> None:
        self._bot = bot
        self._reporter = reporter
        self._texts = UserTexts(bot)
        self._commands = CommandCapture(bot, reporter, times, self._texts)
        self._views = ViewCapture(bot, reporter, self._texts)
        self._patches = (
            Patch(bot, "on_error", self._listener_failing),
            Patch(tasks.Loop, "_call_loop_function", self._loop_calling),
            *self._commands.patches(),
            *self._views.patches(),
        )

    def install(self) -> None:
        """Start to report; again, it puts ours back in front of what has covered it."""
        self._reporter.hide(self._texts)
        for patch in self._patches:
            patch.fill()
        self._bot.remove_listener(self._commands.completed, COMPLETED)
        self._bot.add_listener(self._commands.completed, COMPLETED)

    def uninstall(self) -> None:
        """Put everything back, except what another has covered since."""
        self._bot.remove_listener(self._commands.completed, COMPLETED)
        for patch in self._patches:
            patch.empty()
        self._views.release()

    def _listener_failing(self, before: Coroutine) -> Coroutine:
        async def on_error(event: str, /, *args: Any, **kwargs: Any) -> None:
            error = sys.exc_info()[1]
            if error is not None:
                self._reporter.report(error, of_event(event, args))
            await before(event, *args, **kwargs)

        return on_error

    def _loop_calling(self, before: Coroutine) -> Coroutine:
        async def call_loop_function(loop: Any, name: str, *args: Any, **kwargs: Any) -> None:
            context = Context(source="task", command=str(loop.coro.__qualname__))
            if name == "error":
                self._reporter.report(args[-1], context)
            try:
                await before(loop, name, *args, **kwargs)
            except Exception as error:
                self._reporter.report(error, context)
                raise

        return call_loop_function
