"""Faults on demand: what goes wrong with requests, and with the gateway, and how often.

Each is something that Discord, Cloudflare or the network does to bots now and then.
"""

from __future__ import annotations

import asyncio
import fnmatch
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from aiohttp import web

from sandbox.gateway.hub import Hub
from sandbox.rest.call import Answer


class Trouble(Enum):
    """What may go wrong with a request."""

    LATENCY = "latency"  # answered after ``seconds``
    RATE_LIMIT = "429"  # of the route; ``seconds`` is retry_after
    GLOBAL_RATE_LIMIT = "429 global"
    CLOUDFLARE = "429 cloudflare"  # an HTML page without Via
    ERROR_500 = "500"
    ERROR_502 = "502"
    ERROR_503 = "503"
    RESET = "reset"  # the connection is cut
    SILENCE = "silence"  # no answer at all


@dataclass(frozen=True, slots=True)
class Fault:
    """Trouble for requests that match.

    Args:
        trouble: what goes wrong.
        method: an HTTP method, or ``*``.
        path: a pattern of the path below /api/v10, as ``fnmatch`` reads it.
        times: how many requests it is for; 0 for all until it is cleared.
        seconds: the delay of LATENCY, the retry_after of a 429.
    """

    trouble: Trouble
    method: str = "*"
    path: str = "*"
    times: int = 1
    seconds: float = 1.0

    def matches(self, method: str, path: str) -> bool:
        """Say whether a request is meant."""
        return fnmatch.fnmatchcase(path, self.path) and self.method in ("*", method)


class Faults:
    """The faults of a sandbox, those to come and those of now."""

    def __init__(self, hub: Hub, clock: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._clock = clock
        self._queue: list[Fault] = []
        self._outage_until = 0.0
        self.silent_heartbeats = False
        self.closing = asyncio.Event()

    @property
    def pending(self) -> tuple[Fault, ...]:
        """The faults that requests will meet, oldest first."""
        return tuple(self._queue)

    def add(self, fault: Fault) -> None:
        """Let requests that match fail from now on; the oldest fault that matches is used."""
        self._queue.append(fault)

    def clear(self) -> None:
        """End all faults."""
        self._queue.clear()
        self._outage_until = 0.0
        self.silent_heartbeats = False

    def outage(self, seconds: float) -> None:
        """Cut everything, gateway too, and accept nothing for a time."""
        self._outage_until = self._clock() + seconds
        for line in list(self._hub.connections.values()):
            line.abort()

    @property
    def is_out(self) -> bool:
        """Whether there is an outage now."""
        return self._clock() < self._outage_until

    def drop_gateway(self, *, resume: bool = True) -> None:
        """Cut all gateway connections; without ``resume`` their sessions are lost as well."""
        for session_id, line in list(self._hub.connections.items()):
            if not resume:
                self._hub.end(self._hub.sessions[session_id])
            line.abort()

    def reconnect_gateway(self) -> None:
        """Ask all clients to reconnect and resume (opcode 7), as Discord does on deployments."""
        for line in self._hub.connections.values():
            line.order(7)

    def invalidate_sessions(self, *, resume: bool = False) -> None:
        """Tell all clients that their session is invalid (opcode 9)."""
        for session_id, line in list(self._hub.connections.items()):
            if not resume:
                self._hub.end(self._hub.sessions[session_id])
            line.order(9, resume)

    def next(self, method: str, path: str) -> Fault | None:
        """Return the fault of a request, and count it."""
        for index, fault in enumerate(self._queue):
            if fault.matches(method, path):
                if fault.times == 1:
                    del self._queue[index]
                elif fault.times:
                    self._queue[index] = replace(fault, times=fault.times - 1)
                return fault
        return None

    def refuse(self, request: web.Request) -> None:
        """Cut a connection that comes during an outage.

        Raises:
            ConnectionResetError: it has been cut.
        """
        if self.is_out:
            _cut(request)

    async def suffer(self, request: web.Request, path: str) -> Answer | None:
        """Do to a request what is due; return the answer that it gets instead of its own.

        Raises:
            ConnectionResetError: the connection has been cut.
        """
        self.refuse(request)
        fault = self.next(request.method, path)
        if fault is None:
            return None
        if fault.trouble is Trouble.RESET:
            _cut(request)
        if fault.trouble is Trouble.SILENCE:
            await self.closing.wait()
            _cut(request)
        if fault.trouble is Trouble.LATENCY:
            await asyncio.sleep(fault.seconds)
            return None
        return _answer(fault)


def _cut(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()
    raise ConnectionResetError("a fault has cut the connection")


def _answer(fault: Fault) -> Answer:
    if fault.trouble is Trouble.CLOUDFLARE:
        return Answer(429, text="<html><title>Access denied | error code: 1015</title></html>")
    if fault.trouble in (Trouble.RATE_LIMIT, Trouble.GLOBAL_RATE_LIMIT):
        everywhere = fault.trouble is Trouble.GLOBAL_RATE_LIMIT
        headers = {"X-RateLimit-Scope": "global" if everywhere else "user"}
        if everywhere:
            headers["X-RateLimit-Global"] = "true"
        body = {
            "message": "You are being rate limited.",
            "retry_after": fault.seconds,
            "global": everywhere,
        }
        return Answer(429, body, headers)
    return Answer(int(fault.trouble.value), text="upstream connect error")
