"""Connections of discord.py to the gateway → Connections: why they end, how they begin, events.

Three functions of ``DiscordWebSocket`` are looked at: ``poll_event``, which raises when a
connection is lost, ``identify`` and ``resume``. ``HTTPClient.ws_connect`` tells of attempts that
fail. Events are counted by a waiter whose check is never true: discord.py calls it for each event,
and makes no task of it, as it does for a listener.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import discord
from discord.ext import commands
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from services.debugcog.errors.patch import Patch
from services.debugcog.exceptions import brief
from services.debugcog.gateway.connections import Cause, Connections
from services.debugcog.guard import guard
from services.debugcog.ticker import stop

Coroutine = Callable[..., Awaitable[Any]]

EVENT = "socket_event_type"
GATEWAYS = "encoding="
"""What is in the address of a gateway, and in none of a voice server."""
RECONNECT, INVALID = 7, 9
"""Opcodes with which Discord ends a connection."""


class ConnectionCapture:
    """Watches the connections of one bot, from ``start`` to ``close``.

    Args:
        bot: the host; connections of another bot in this process are left alone.
        connections: gets what happens.
    """

    def __init__(self, bot: commands.Bot, connections: Connections) -> None:
        self._bot = bot
        self._connections = connections
        self._waiter: asyncio.Task[Any] | None = None

    def patches(self) -> tuple[Patch, ...]:
        """List the patches."""
        return (
            Patch(DiscordWebSocket, "poll_event", self._polling),
            Patch(DiscordWebSocket, "identify", self._starting("identify")),
            Patch(DiscordWebSocket, "resume", self._starting("resume")),
            Patch(self._bot.http, "ws_connect", self._connecting),
        )

    @guard(None)
    def count(self) -> None:
        """Count events from now on; again, it makes sure that they are counted."""
        if not isinstance(getattr(self._bot, "loop", None), asyncio.AbstractEventLoop):
            return  # not before the login, if the host has not entered the bot
        if self._waiter is None or self._waiter.done():
            waiting = self._bot.wait_for(EVENT, check=self._count)
            self._waiter = asyncio.create_task(waiting, name="debugcog-events")

    async def close(self) -> None:
        """Count no more."""
        if self._waiter is not None:
            with suppress(Exception):
                await stop(self._waiter)
            self._waiter = None

    def _count(self, name: str) -> bool:
        self._connections.event(name)
        return False

    def _is_ours(self, socket: Any) -> bool:
        state = getattr(self._bot, "_connection", None)
        return getattr(socket, "_connection", None) is state

    def _polling(self, before: Coroutine) -> Coroutine:
        async def poll_event(socket: Any) -> Any:
            try:
                return await before(socket)
            except Exception as error:
                self._lost(socket, error)
                raise

        return poll_event

    def _starting(self, kind: Any) -> Callable[[Coroutine], Coroutine]:
        def wrap(before: Coroutine) -> Coroutine:
            async def start(socket: Any) -> Any:
                self._started(socket, kind)
                return await before(socket)

            return start

        return wrap

    def _connecting(self, before: Coroutine) -> Coroutine:
        async def ws_connect(url: str, *args: Any, **kwargs: Any) -> Any:
            try:
                return await before(url, *args, **kwargs)
            except Exception as error:
                if GATEWAYS in url:  # voice connects by the same function
                    self._unreachable(error)
                raise

        return ws_connect

    @guard(None)
    def _started(self, socket: Any, kind: Any) -> None:
        if self._is_ours(socket):
            self._connections.started(getattr(socket, "shard_id", None), kind)

    @guard(None)
    def _unreachable(self, error: Exception) -> None:
        self._connections.lost(None, "unreachable", resumes=False, detail=brief(error))

    @guard(None)
    def _lost(self, socket: Any, error: Exception) -> None:
        if not self._is_ours(socket):
            return
        cause, code = cause_of(socket, error)
        resumes = bool(getattr(error, "resume", False))
        self._connections.lost(getattr(socket, "shard_id", None), cause, code, resumes=resumes)


def cause_of(socket: Any, error: Exception) -> tuple[Cause, int | None]:
    """Tell why ``poll_event`` has raised, and the code with which the connection was closed."""
    opcode = _opcode(error) if isinstance(error, ReconnectWebSocket) else None
    if opcode is not None:
        return ("invalid" if opcode == INVALID else "reconnect"), None
    if isinstance(error.__context__, asyncio.TimeoutError):
        return "silent", None
    own = getattr(socket, "_close_code", None)
    if own == 1000:
        return "ours", None
    if own is not None:  # its keep-alive thread closes a connection that does not answer
        return "zombie", None
    if isinstance(error, discord.ConnectionClosed):
        return "closed", int(error.code)
    code = getattr(getattr(socket, "socket", None), "close_code", None)
    return "closed", None if code is None else int(code)


def _opcode(error: Exception) -> int | None:
    """Return the opcode with which Discord ended the connection, as discord.py was reading it."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "received_message":
            opcode = trace.tb_frame.f_locals.get("op")
            return opcode if opcode in (RECONNECT, INVALID) else RECONNECT
        trace = trace.tb_next
    return None
