"""Views and modals → errors of their callbacks in ErrorReporter, before ``on_error`` runs.

``_scheduled_task`` is where discord.py runs a callback; it catches the error and calls the view's
``on_error``. It is given a stand-in for the view, whose ``on_error`` reports and then calls the one
that the view has at that time; nothing is set on the view itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.ext import commands

from cogs.debug.capture import user_notice
from cogs.debug.capture.calls import Calls
from cogs.debug.capture.following import kind_of
from cogs.debug.capture.invocations import of_interaction
from cogs.debug.capture.user_texts import UserTexts
from services.debugcog.errors import handling, records
from services.debugcog.errors.patch import Patch
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.guard import guard

Coroutine = Callable[..., Awaitable[Any]]


class StandIn:
    """A view in all that is read and set, with another ``on_error``.

    Args:
        view: the view or modal.
        on_error: takes the place of its method.
    """

    def __init__(self, view: Any, on_error: Coroutine) -> None:
        vars(self).update(_view=view, on_error=on_error)

    @property  # type: ignore[misc]  # object's own is none
    def __class__(self) -> Any:
        """Pass for one of the view's class, as ``super`` and ``isinstance`` ask."""
        return type(vars(self)["_view"])

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["_view"], name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(vars(self)["_view"], name, value)


class ViewCapture:
    """Makes the functions for the patches of discord.py's classes of views.

    Args:
        bot: the host; views of another bot in this process are left alone.
        reporter: gets the errors.
        texts: gets what users typed.
        calls: gets starts and ends.
    """

    def __init__(
        self, bot: commands.Bot, reporter: ErrorReporter, texts: UserTexts, calls: Calls
    ) -> None:
        self._bot = bot
        self._reporter = reporter
        self._texts = texts
        self._calls = calls

    def patches(self) -> tuple[Patch, ...]:
        """List the patches: where a callback starts."""
        kinds = (discord.ui.View, discord.ui.LayoutView, discord.ui.Modal)
        return tuple(Patch(kind, "_scheduled_task", self._starting) for kind in kinds)

    def _starting(self, before: Coroutine) -> Coroutine:
        async def scheduled_task(view: Any, *arguments: Any) -> Any:
            for argument in arguments:
                if isinstance(argument, discord.Interaction) and argument.client is self._bot:
                    context = self._start(view, argument)
                    try:
                        return await before(StandIn(view, self._failing(view)), *arguments)
                    finally:
                        self._calls.end(argument.id, context)
            return await before(view, *arguments)

        return scheduled_task

    @guard(records.Context())
    def _start(self, view: Any, interaction: discord.Interaction[Any]) -> records.Context:
        context = of_interaction(interaction, type(view).__qualname__)
        records.CURRENT.set(context)  # in a task of its own
        self._texts.add(interaction)
        kind = kind_of(interaction)
        what = "form" if kind == "modal" else "view"
        self._calls.start(interaction.id, context, kind, f"{type(view).__name__}:{what}")
        return context

    def _failing(self, view: Any) -> Coroutine:
        async def on_error(
            interaction: discord.Interaction[Any], error: Exception, *item: object
        ) -> None:
            found = self._reporter.report(
                error, records.CURRENT.get() or of_interaction(interaction)
            )
            self._calls.failed(interaction.id, error, found)
            handler = view.on_error
            with handling.Handling(error):
                await handler(interaction, error, *item)
            if found and user_notice.is_default(handler):
                await user_notice.to_interaction(interaction, found)

        return on_error
