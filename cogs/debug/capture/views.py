"""Views and modals: what their callbacks run into → ErrorReporter, and an user_notice.

``_scheduled_task`` is where discord.py runs a callback; it catches the error and calls the view's
``on_error``. That one is wrapped on each view that is used, because its class may have its own.
"""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.ext import commands

from cogs.debug.capture import user_notice
from cogs.debug.capture.invocations import of_interaction
from cogs.debug.capture.user_texts import UserTexts
from services.debugcog.errors.patch import Patch
from services.debugcog.errors.records import CURRENT
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.guard import guard

Coroutine = Callable[..., Awaitable[Any]]
DEFAULTS = (discord.ui.View.on_error, discord.ui.LayoutView.on_error, discord.ui.Modal.on_error)


class ViewErrors:
    """Stands in for the ``on_error`` of one view: reports, then calls that.

    Args:
        reporter: gets the errors.
        before: the view's own ``on_error``, bound.
    """

    def __init__(self, reporter: ErrorReporter, before: Coroutine) -> None:
        self._reporter = reporter
        self._before = before

    async def __call__(
        self, interaction: discord.Interaction[Any], error: Exception, *item: object
    ) -> None:
        """Report an error of a callback, or of the view's check."""
        found = self._reporter.report(error, CURRENT.get() or of_interaction(interaction))
        await self._before(interaction, error, *item)
        if found and getattr(self._before, "__func__", None) in DEFAULTS:
            await user_notice.to_interaction(interaction, found)


class ViewCapture:
    """Makes the functions for the patches of discord.py's classes of views.

    Args:
        bot: the host; views of another bot in this process are left alone.
        reporter: gets the errors.
        texts: gets what users typed.
    """

    def __init__(self, bot: commands.Bot, reporter: ErrorReporter, texts: UserTexts) -> None:
        self._bot = bot
        self._reporter = reporter
        self._texts = texts
        self._watched = weakref.WeakValueDictionary[int, Any]()  # a host's view may be unhashable

    def patches(self) -> tuple[Patch, ...]:
        """List the patches: where a callback starts."""
        kinds = (discord.ui.View, discord.ui.LayoutView, discord.ui.Modal)
        return tuple(Patch(kind, "_scheduled_task", self._starting) for kind in kinds)

    def release(self) -> None:
        """Give the views that are still in use their ``on_error`` back."""
        for view in list(self._watched.values()):
            if isinstance(vars(view).get("on_error"), ViewErrors):
                del view.on_error

    def _starting(self, before: Coroutine) -> Coroutine:
        async def scheduled_task(view: Any, *arguments: Any) -> Any:
            for argument in arguments:
                if isinstance(argument, discord.Interaction) and argument.client is self._bot:
                    self._watch(view, argument)
            return await before(view, *arguments)

        return scheduled_task

    @guard(None)
    def _watch(self, view: Any, interaction: discord.Interaction[Any]) -> None:
        CURRENT.set(of_interaction(interaction, type(view).__qualname__))  # in a task of its own
        self._texts.add(interaction)
        if not isinstance(view.on_error, ViewErrors):
            view.on_error = ViewErrors(self._reporter, view.on_error)
            self._watched[id(view)] = view
