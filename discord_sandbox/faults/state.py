"""Active faults of a sandbox, and the methods to add, apply and clear them."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from discord_sandbox.faults.requests import Fault, Trouble
from discord_sandbox.gateway.hub import Hub
from discord_sandbox.rest.call import Answer
from discord_sandbox.world import changes, posting
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import SandboxError
from discord_sandbox.world.interactions import Interactions
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Overwrite, Permission


class Faults:
    """What goes wrong, from when it is asked for until it is used up or cleared.

    Args:
        hub: the gateway's sessions, and the world.
        interactions: those that may expire.
        clock: seconds that only grow.
    """

    def __init__(
        self, hub: Hub, interactions: Interactions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.world = hub.world
        self.heard: Callable[[str, dict[str, Any]], None] = lambda name, details: None
        self.closing = asyncio.Event()
        self._hub = hub
        self._interactions = interactions
        self._clock = clock
        self._queue: list[Fault] = []
        self._outage_until = 0.0
        self._silent_until = 0.0

    @property
    def pending(self) -> tuple[Fault, ...]:
        """The faults that requests will meet, oldest first."""
        return tuple(self._queue)

    def now(self) -> list[str]:
        """Return every fault in force as a sentence."""
        sentences = [str(each) for each in self._queue]
        if self.is_out:
            sentences.append(f"outage for {self._outage_until - self._clock():.0f} s more")
        if self.silent_heartbeats:
            left = self._silent_until - self._clock()
            sentences.append(f"silent-heartbeats {_until(left)}")
        if coming := self._interactions.expiring:
            often = "the next one" if coming == 1 else f"the next {coming:g}"
            sentences.append(f"expired-interaction for {'all' if coming == math.inf else often}")
        return sentences

    def add(self, fault: Fault) -> None:
        """Make matching requests fail from now on; the oldest fault that matches is used."""
        self._queue.append(fault)
        self.heard("added", _details(fault))

    def clear(self) -> None:
        """End all faults; what was deleted or taken stays so."""
        self._queue.clear()
        self._outage_until = self._silent_until = 0.0
        self._interactions.expiring = 0
        self.heard("cleared", {})

    def outage(self, seconds: float) -> None:
        """Cut everything, gateway too, and accept nothing for a time."""
        self.heard("outage", {"seconds": seconds})
        self._outage_until = self._clock() + seconds
        for line in list(self._hub.connections.values()):
            line.abort()

    @property
    def is_out(self) -> bool:
        """Whether there is an outage now."""
        return self._clock() < self._outage_until

    @property
    def silent_heartbeats(self) -> bool:
        """Whether heartbeats stay unanswered now."""
        return self._clock() < self._silent_until

    @silent_heartbeats.setter
    def silent_heartbeats(self, silent: bool) -> None:
        self.silence_heartbeats(math.inf if silent else 0)

    def silence_heartbeats(self, seconds: float) -> None:
        """Leave heartbeats unanswered for a time."""
        self.heard("silent-heartbeats", {"seconds": None if seconds == math.inf else seconds})
        self._silent_until = self._clock() + seconds

    def drop_gateway(self, *, resume: bool = True, code: int = 0) -> None:
        """Cut all gateway connections; without ``resume`` their sessions are lost as well.

        Args:
            resume: whether the sessions can be resumed.
            code: closes them with it, as Discord does; 0 cuts them without a word.
        """
        self.heard("drop-gateway", {"resume": resume, "code": code})
        for session_id, line in list(self._hub.connections.items()):
            if not resume:
                self._hub.end(self._hub.sessions[session_id])
            if code:
                line.close(code, "The sandbox was told to.")
            else:
                line.abort()

    def reconnect_gateway(self) -> None:
        """Ask all clients to reconnect and resume (opcode 7), as Discord does on deployments."""
        self.heard("reconnect-gateway", {})
        for line in self._hub.connections.values():
            line.order(7)

    def invalidate_sessions(self, *, resume: bool = False) -> None:
        """Send all clients "invalid session" (opcode 9)."""
        self.heard("invalidate-session", {"resume": resume})
        for session_id, line in list(self._hub.connections.items()):
            if not resume:
                self._hub.end(self._hub.sessions[session_id])
            line.order(9, resume)

    def expire_next(self, times: int = 1) -> None:
        """Make the next interactions reach the bot too late (10062); 0 for all until cleared."""
        self.heard("expired-interaction", {"times": times})
        self._interactions.expiring = times or math.inf

    def expire_tokens(self) -> None:
        """Expire every open interaction: 10062 to a first response, 50027 to later ones."""
        self.heard("expired-tokens", {})
        self._interactions.expire()

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel."""
        if channel.guild_id is None:
            raise SandboxError("direct messages cannot be deleted")
        self.heard("deleted-channel", {"channel": str(channel.id)})
        changes.delete_channel(self.world, channel)

    def delete_message(self, message: Message) -> None:
        """Delete a message, as a moderator does."""
        where = {"channel": str(message.channel_id), "message": str(message.id)}
        self.heard("deleted-message", where)
        posting.delete(self.world, self.world.channels[message.channel_id], message)

    def revoke(self, channel: Channel, wanted: Permission, *, give: bool = False) -> None:
        """Take a permission in a channel from the bot, or give it back.

        Raises:
            SandboxError: the bot would keep it, or it is none of a guild.
        """
        guild = self.world.guilds.get(channel.guild_id or 0)
        if guild is None:
            raise SandboxError("in direct messages there is nothing to revoke")
        if channel.thread and channel.parent:
            name = channel.parent.name
            raise SandboxError(f"a thread has the permissions of its channel: name #{name}")
        if guild.bot.permissions & Permission.ADMINISTRATOR and not give:
            raise SandboxError(
                f"the bot is administrator of {guild.name}, whom no channel denies anything: take "
                "ADMINISTRATOR from its roles first, or add_guild(bot_permissions=…) without it"
            )
        details = {"channel": str(channel.id), "permission": wanted.name, "give": give}
        self.heard("revoked-permission", details)
        change = Overwrite(allow=wanted) if give else Overwrite(deny=wanted)
        changes.deny(self.world, channel, guild.bot, change)

    def next(self, method: str, path: str) -> Fault | None:
        """Return the fault of a request, and count it."""
        for index, fault in enumerate(self._queue):
            if fault.matches(method, path):
                if fault.times == 1:
                    del self._queue[index]
                elif fault.times:
                    self._queue[index] = replace(fault, times=fault.times - 1)
                self.heard("met", {**_details(fault), "by": f"{method} {path}"})
                return fault
        return None

    def refuse(self, request: web.Request) -> None:
        """Cut a connection that comes during an outage.

        Raises:
            HTTPException: it has been cut.
        """
        if self.is_out:
            _cut(request)

    async def inject(self, request: web.Request, path: str) -> Answer | None:
        """Apply the fault that is due; return the answer that replaces the request's own.

        A status of 0 means that it gets none: call ``abandon`` then.
        """
        if self.is_out:
            return Answer(0, Trouble.RESET)
        fault = self.next(request.method, path)
        if fault is None:
            return None
        if fault.trouble in (Trouble.RESET, Trouble.SILENCE):
            return Answer(0, fault.trouble)
        if fault.trouble is Trouble.LATENCY:
            await asyncio.sleep(fault.seconds)
            return None
        return fault.answer()

    async def abandon(self, request: web.Request, answer: Answer) -> None:
        """Leave a request without an answer.

        Raises:
            HTTPException: the connection has been cut, in the end.
        """
        if answer.body is Trouble.SILENCE:
            await self.closing.wait()
        _cut(request)


def _until(seconds: float) -> str:
    return "until cleared" if seconds == math.inf else f"for {seconds:.0f} s more"


def _details(fault: Fault) -> dict[str, Any]:
    return {
        "trouble": fault.trouble.value,
        "method": fault.method,
        "path": fault.path,
        "times": fault.times,
        "seconds": fault.seconds,
    }


def _cut(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()
    raise web.HTTPServiceUnavailable  # to nobody: aiohttp would log another error as its own
