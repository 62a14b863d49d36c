"""Where interactions arrive and where Discord is asked → Calls, and spans of the running call.

``_from_interaction``, ``dispatch_view`` and ``dispatch_modal`` are where discord.py hands over an
interaction as soon as the gateway's event is read; ``request`` is where it answers one.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from discord.webhook.async_ import AsyncWebhookAdapter

from cogs.debug.capture.calls import Calls
from cogs.debug.capture.invocations import of_interaction
from services.debugcog.calls.running import ACTIVE, Part
from services.debugcog.errors.patch import Patch, without_own_frame

Coroutine = Callable[..., Awaitable[Any]]
CALLBACK = "/callback"
"""End of the path of a first response."""
SERVICE = "discord"
"""What requests to Discord are called in a trace."""


class ArrivalCapture:
    """Makes the functions for the patches of a bot and of discord.py's classes.

    Args:
        bot: the host; interactions of another bot in this process are left alone.
        calls: gets them.
    """

    def __init__(self, bot: commands.Bot, calls: Calls) -> None:
        self._bot = bot
        self._calls = calls

    def patches(self) -> tuple[Patch, ...]:
        """List the patches: where interactions arrive, and where requests are made."""
        views = self._bot._connection._view_store  # noqa: SLF001 - discord.py has no other place
        return (
            Patch(self._bot.tree, "_from_interaction", self._arriving),
            Patch(views, "dispatch_view", self._arriving),
            Patch(views, "dispatch_modal", self._arriving),
            Patch(views, "schedule_dynamic_item_call", self._scheduling),
            Patch(app_commands.Command, "_invoke_autocomplete", self._completing),
            Patch(AsyncWebhookAdapter, "request", self._answering),
            Patch(self._bot.http, "request", self._requesting),
        )

    def _arriving(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def arrive(*args: Any) -> Any:
            for one in args:
                if isinstance(one, discord.Interaction):
                    self._calls.received(one)
            return before(*args)

        return arrive

    def _scheduling(self, before: Coroutine) -> Coroutine:
        async def schedule_dynamic_item_call(*args: Any) -> None:
            _, factory, interaction, *_ = args
            context = of_interaction(interaction, getattr(factory, "__name__", ""))
            self._calls.start(interaction.id, context, "component", f"{context.command}:item")
            try:
                await before(*args)
            finally:
                self._calls.end(interaction.id, context)

        return schedule_dynamic_item_call

    def _completing(self, before: Coroutine) -> Coroutine:
        async def invoke_autocomplete(
            command: object, interaction: discord.Interaction[Any], *args: Any
        ) -> None:
            try:
                await before(command, interaction, *args)
            except Exception as error:
                without_own_frame(error)
                self._calls.failed(interaction.id, error, None)
                raise

        return invoke_autocomplete

    def _answering(self, before: Coroutine) -> Coroutine:
        async def request(adapter: object, route: Any, *args: Any, **kwargs: Any) -> Any:
            if not route.path.endswith(CALLBACK):
                return await self._timed(before, (adapter, route, *args), kwargs, route)
            asked = time.time()
            try:
                answer = await self._timed(before, (adapter, route, *args), kwargs, route)
            except Exception as error:
                without_own_frame(error)
                self._calls.not_acknowledged(route.webhook_id, error)
                raise
            self._calls.acknowledged(route.webhook_id, asked, _message_of(answer))
            return answer

        return request

    def _requesting(self, before: Coroutine) -> Coroutine:
        async def request(route: Any, *args: Any, **kwargs: Any) -> Any:
            return await self._timed(before, (route, *args), kwargs, route)

        return request

    async def _timed(
        self, before: Coroutine, args: tuple[Any, ...], kwargs: Mapping[str, Any], route: Any
    ) -> Any:
        """Make a request, as a part of the call that runs."""
        running = ACTIVE.get()
        if running is None:
            return await before(*args, **kwargs)
        with Part(running, (SERVICE, _shown(route))):
            try:
                return await before(*args, **kwargs)
            except Exception as error:
                without_own_frame(error)
                raise


def _shown(route: Any) -> str:
    """Name a request without its ids, the end of its path first: ``messages, POST``."""
    parts = (part for part in reversed(route.path.split("/")) if part and part[0] != "{")
    return f"{next(parts, '')}, {route.method}"


def _message_of(answer: object) -> int | None:
    """Return the id of the message that Discord has made, or of the one that it has changed."""
    interaction = answer.get("interaction") if isinstance(answer, dict) else None
    text = interaction.get("response_message_id") if isinstance(interaction, dict) else None
    return int(text) if isinstance(text, str) and text.isdecimal() else None
