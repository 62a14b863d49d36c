"""Python programs → processes that are forked from one that has imported what takes them long."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from services.debugcog.charting import program as chart_program
from services.debugcog.charting.environment import ONE_THREAD
from services.debugcog.charting.worker import own_command

SERVER = Path(__file__).with_name("fork_server.py")
RELAY = Path(__file__).with_name("fork_relay.py")
LIBRARIES = [entry for entry in sys.path if entry.endswith("site-packages")]
"""Given to hosts without the ``.pth`` files in it, so that they see no checkout."""
FORKS = sys.platform == "linux"
"""Elsewhere each program is a new interpreter."""
DISCORD = ("discord", "discord.ext.commands", "discord.ext.tasks")
"""What a host imports before it loads anything of ours."""
CHARTS = ("matplotlib.backends.backend_agg", "matplotlib.figure", "matplotlib.font_manager")
"""What the chart process imports before it draws anything."""


def environment(*path: Path) -> dict[str, str]:
    """Return the environment of a program that finds these folders as its site-packages."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, path), *LIBRARIES])}


class Forked:
    """A running program.

    Args:
        connection: to the server, which tells its id and, in the end, its status.
        stdout: what it prints, where that is read.
    """

    def __init__(
        self, connection: socket.socket, stdout: asyncio.StreamReader | None = None
    ) -> None:
        self._connection = connection
        self.stdout = stdout
        self.returncode: int | None = None
        self.pid = int(connection.recv(20))

    def poll(self, seconds: float = 0) -> int | None:
        """Return its status if it ends within so many seconds; below 0 it is a signal."""
        if self.returncode is None and select.select([self._connection], [], [], seconds)[0]:
            self.returncode = int(self._connection.recv(20))
            self._connection.close()
        return self.returncode

    async def wait(self) -> int:
        """Wait for its end, and return its status."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        if self.poll() is None:
            loop.add_reader(self._connection, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self._connection)
        status = self.poll()
        assert status is not None
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end, unless it has ended."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)


Running = Forked | Process
"""A program, forked or not."""


def run(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], timeout: float = 50
) -> subprocess.CompletedProcess[str]:
    """Run ``python -S`` with these arguments to its end; return its status and what it prints."""
    command = [sys.executable, "-S", *arguments]
    if not FORKS:
        return subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, timeout=timeout
        )
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as errors:
        forked = Forked(_asked(arguments, folder, environ, printed.fileno(), errors.fileno()))
        status = forked.poll(timeout)
        if status is None:
            forked.kill()
            forked.poll(timeout)
            raise subprocess.TimeoutExpired(command, timeout)
        printed.seek(0)
        errors.seek(0)
        texts = printed.read().decode(), errors.read().decode()
    return subprocess.CompletedProcess(command, status, *texts)


async def start(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], *, stdout: bool = False
) -> Running:
    """Start ``python -S`` with these arguments; what it prints is lost unless that is wanted."""
    if not FORKS:
        command, printed = (sys.executable, "-S", *arguments), PIPE if stdout else DEVNULL
        return await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environ, stdin=DEVNULL, stdout=printed, stderr=DEVNULL
        )
    nothing = os.open(os.devnull, os.O_RDWR)
    ours, theirs = os.pipe() if stdout else (-1, os.dup(nothing))
    connection = await asyncio.to_thread(_asked, arguments, folder, environ, theirs, nothing)
    os.close(theirs)
    os.close(nothing)
    if not stdout:
        return Forked(connection)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours, "rb", buffering=0)
    )
    return Forked(connection, reader)


def chart_command() -> Callable[[float], tuple[str, ...]]:
    """Return what ``charting.worker.own_command`` may be, for a chart process that is forked."""
    if not FORKS:
        return own_command
    relay = (sys.executable, "-IS", str(RELAY), str(server(*CHARTS)))
    return lambda lifetime: (*relay, "-P", chart_program.__file__, str(lifetime))


def _asked(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], *printed: int
) -> socket.socket:
    """Ask for a process; return where it is told of."""
    request = {"arguments": list(arguments), "folder": str(folder), "environ": dict(environ)}
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(str(server(*DISCORD)))
    nothing = os.open(os.devnull, os.O_RDONLY)
    socket.send_fds(connection, [json.dumps(request).encode()], [nothing, *printed])
    os.close(nothing)
    return connection


@functools.cache
def server(*modules: str) -> Path:
    """Start a server that has imported these modules; return its socket. It ends with us."""
    place = Path(tempfile.mkdtemp(prefix="forks-")) / "socket"
    held, pipe = os.pipe()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(place))
        listener.listen(64)
        process = subprocess.Popen(
            [sys.executable, "-S", str(SERVER), str(held), *modules],
            stdin=listener.fileno(),
            pass_fds=[held],
            env={**environment(), **ONE_THREAD},
        )
    os.close(held)

    def end() -> None:
        os.close(pipe)
        process.wait()
        shutil.rmtree(place.parent)

    atexit.register(end)
    return place
