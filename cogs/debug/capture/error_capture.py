"""All patches of discord.py that report errors and time commands, installed as one set.

A cog's listener for ``on_command_error`` would silence discord.py's own traceback log, and one for
``on_error`` does not exist; a function in the place of a host's handler is gone as soon as the host
assigns another. So errors are taken before any handler of the host is called, at functions of
discord.py that hosts have no reason to touch. Most of these are private: where discord.py has no
such function, its log lines still tell of the errors.

All other errors reach discord.py's log at ERROR, and with it ``services.debugcog.errors.hooks``.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

from discord import app_commands
from discord.ext import commands, tasks

from cogs.debug.capture.app_commands import AppCommandCapture
from cogs.debug.capture.arrivals import ArrivalCapture
from cogs.debug.capture.calls import Calls
from cogs.debug.capture.commands import CommandCapture
from cogs.debug.capture.events import EventCapture, Watch, watch_nothing
from cogs.debug.capture.loop_errors import LoopError
from cogs.debug.capture.loops import LoopCapture
from cogs.debug.capture.user_texts import UserTexts
from cogs.debug.capture.views import ViewCapture
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


class Capture:
    """The sources of errors that discord.py has, and the clock of the user's commands.

    Args:
        bot: the host.
        reporter: gets the errors.
        calls: gets starts and ends of commands and the like.
        watch: gets every event that a listener is called for.

    Attributes:
        loop_errors: the last error of each ``tasks.loop``.
        patches: all of them.
    """

    def __init__(
        self,
        bot: commands.Bot,
        reporter: ErrorReporter,
        calls: Calls,
        watch: Watch = watch_nothing,
    ) -> None:
        self._texts = UserTexts(bot, reporter)
        self._installed = False
        self.loop_errors: MutableMapping[tasks.Loop[Any], LoopError] = WeakKeyDictionary()
        prefix_commands = CommandCapture(bot, reporter, calls)
        self.patches = (
            *prefix_commands.patches(),
            *EventCapture(bot, reporter, prefix_commands, self._texts, watch, calls).patches(),
            *AppCommandCapture(bot, reporter, calls, self._texts).patches(),
            *ViewCapture(bot, reporter, self._texts, calls).patches(),
            *ArrivalCapture(bot, calls).patches(),
            *LoopCapture(reporter, self.loop_errors).patches(),
        )

    def install(self) -> None:
        """Start to report; again, it puts ours back in front of what has covered it."""
        if not self._installed:
            self._texts.add_cached()
            self._installed = True
        for patch in self.patches:
            patch.install()

    def uninstall(self) -> None:
        """Put everything back, except what another has covered since."""
        self._installed = False
        for patch in self.patches:
            patch.remove()
