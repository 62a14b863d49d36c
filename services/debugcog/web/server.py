"""Thread with an event loop of its own that serves the dashboard, beside the bot's."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
from collections.abc import Callable
from typing import Any

from aiohttp import web

from services.debugcog.guard import own_logger
from services.debugcog.interpreter import ending
from services.debugcog.web.binding import Binding
from services.debugcog.web.connections import Connection, Connections

log = own_logger("debugcog.web")

START_SECONDS = 5.0
CLOSE_SECONDS = 2.0
LEAVE_SECONDS = 0.3
"""For answers that are being made when the server closes; after that they are broken off."""
RETRY_SECONDS = 30.0
"""Until a port that is in use is tried again: the old process of a deploy gives it up soon."""
TOLD_MAX = 20
ACCEPT_STEPS = 5
"""Turns of the loop from an accepted connection to one that the server knows, and some more."""


class DashboardServer:
    """Serves an application until closed; whatever goes wrong is told and costs the bot nothing.

    Args:
        application: makes what is served; called on the server's thread.
        binding: where to listen.
        name: what is served, for the log.
    """

    def __init__(
        self,
        application: Callable[[Connections], web.Application],
        binding: Binding,
        name: str = "Dashboard",
    ) -> None:
        self.binding = binding
        self._application = application
        self._name = name
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tried = threading.Event()
        self._port: int | None = None
        self._trouble = ""
        self._thread: threading.Thread | None = None

    @property
    def trouble(self) -> str:
        """Say why it does not listen, with the fix; empty while it does, or may yet."""
        return self._trouble

    def start(self) -> None:
        """Start the thread and return at once."""
        if ending():
            return
        for warning in self.binding.warnings:
            log.warning("%s", warning)
        try:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._run, name="debugcog-web", daemon=True)
            self._thread.start()
        except (OSError, RuntimeError) as error:  # no more files, or threads
            self._thread = None
            if self._loop is not None:
                self._loop.close()
            self._fail(f"{error}")

    def port(self, timeout: float = START_SECONDS) -> int | None:
        """Return the port that it listens on, or did before its end; None where it cannot.

        Args:
            timeout: seconds to wait for the first attempt.

        Raises:
            TimeoutError: it took longer.
        """
        if not self._tried.wait(timeout):
            raise TimeoutError
        return self._port

    def close(self) -> None:
        """End the thread; call it on another one than the bot's."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        with contextlib.suppress(RuntimeError):  # it has ended by itself
            loop.call_soon_threadsafe(self._stop.set)
        thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        assert self._loop is not None
        loop = self._loop
        loop.set_exception_handler(_Beside())
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(self._serve())
        except OSError as error:
            self._fail(reason(error, self.binding))
        except Exception as error:
            self._trouble = f"{type(error).__name__}; the bot's log has more."
            log.exception("%s not served", self._name)
        finally:
            self._tried.set()

    def _fail(self, text: str) -> None:
        self._trouble = text
        log.error("%s not served: %s", self._name, text)
        self._tried.set()

    async def _serve(self) -> None:
        connections = Connections()
        runner = web.AppRunner(self._application(connections), shutdown_timeout=LEAVE_SECONDS)
        await runner.setup()
        listener: asyncio.Server | None = None
        try:
            assert runner.server is not None
            listener = await self._listen(runner.server, connections)
            if listener is not None:
                self._serves(_port_of(listener))
                await self._stop.wait()
        finally:
            if listener is not None:
                await _stop_listening(listener)
            await runner.cleanup()

    async def _listen(self, server: web.Server, connections: Connections) -> asyncio.Server | None:
        """Listen, as soon as the port is free; None where the close comes first."""
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            try:
                return await loop.create_server(
                    lambda: Connection(server, connections, loop),
                    self.binding.host or None,
                    self.binding.port,
                )
            except UnicodeError as error:
                raise OSError(errno.EINVAL, "it cannot be looked up") from error
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                if not self._trouble:
                    self._fail(reason(error, self.binding))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), RETRY_SECONDS)
        return None

    def _serves(self, port: int) -> None:
        self._port, self._trouble = port, ""
        self._tried.set()
        log.info("%s at %s", self._name, address(self.binding.host, port))


def address(host: str, port: int) -> str:
    """Write where it listens as a URL; every address as this machine's own of that kind."""
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _port_of(listener: asyncio.Server) -> int:
    """Return the port that ``address`` names: at all addresses, IPv6 may have another free one."""
    found = min(listener.sockets, key=lambda one: one.family != socket.AF_INET)
    return int(found.getsockname()[1])


def reason(error: OSError, binding: Binding) -> str:
    """Say why nothing listens, with the fix."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {binding.port} is in use. Set {binding.key} to another one, or end the program "
            "that has it: it is tried again every 30 seconds."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {binding.port} is not allowed. Set {binding.key} to one above 1023."
    if isinstance(error.filename, str):
        return f"{error.filename} cannot be read ({error.strerror}). Install DebugCog again."
    return (
        f"DASHBOARD_HOST={binding.host} is no address of this machine ({error.strerror or error}). "
        "Set it to one, such as 127.0.0.1 or 0.0.0.0."
    )


async def _stop_listening(listener: asyncio.Server) -> None:
    """Close the sockets; asyncio would lose connections that are being accepted just then."""
    loop = asyncio.get_running_loop()
    for one in listener.sockets:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # other loops
            loop.remove_reader(one.fileno())
    for _ in range(ACCEPT_STEPS):
        await asyncio.sleep(0)
    listener.close()


class _Beside:
    """Logs what goes wrong beside any request, such as that no more files can be opened, once."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        text = f"{context['message']}: {type(error).__name__ if error else 'no exception'}"
        if text not in self._told and len(self._told) < TOLD_MAX:
            self._told.add(text)
            log.warning("Dashboard: %s", text)
