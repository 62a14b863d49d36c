"""Picture → PNG bytes, drawn in a subprocess that is started on demand and ends when idle."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from services.debugcog.charting import environment, picture_spec, program
from services.debugcog.charting import program as chart_program
from services.debugcog.guard import own_logger
from services.debugcog.ticker import is_here

if TYPE_CHECKING:
    from services.debugcog.charting.picture_spec import Picture

log = own_logger("debugcog.charts")

MAX_WAITING = 32
MAX_ANSWER = 1_000_000  # bytes; a picture has at most 40 KiB
SIGNATURE = b"\x89PNG\r\n\x1a\n"
SPARE_SECONDS = 60.0  # a worker that the bot forgot ends by itself so much later than it should
WINDOWS_FLAGS: int = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(
    subprocess, "CREATE_NO_WINDOW", 0
)


class ChartError(Exception):
    """A picture could not be drawn; the text says why."""


class ChartWorker:
    """Draws charts outside the bot's process, one at a time, without holding up its event loop.

    The process starts with the first chart and ends after a while without one. If it hangs, dies
    or answers nonsense, that one picture is lost; the next one gets a fresh process.

    Args:
        idle_seconds: the process ends after so long without a chart.
        timeout: seconds that one picture may take.
        first_timeout: seconds for the first picture of a process, which imports matplotlib; on
            a new machine matplotlib then looks at every font, for many seconds.
        environ: the environment; only what Python and matplotlib need is passed on.
        command: program and arguments, instead of the project's own.
    """

    def __init__(
        self,
        *,
        idle_seconds: float = 300.0,
        timeout: float = 20.0,
        first_timeout: float = 60.0,
        environ: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
    ) -> None:
        self._idle_seconds = idle_seconds
        self._timeout = timeout
        self._first_timeout = first_timeout
        self._given = os.environ if environ is None else environ
        self._environ: dict[str, str] | None = None  # it is chosen for the first process
        lifetime = max(idle_seconds, timeout, first_timeout) + SPARE_SECONDS
        self._command = tuple(command) or own_command(lifetime)
        self._jobs: asyncio.Queue[tuple[bytes, asyncio.Future[bytes]]] = asyncio.Queue(MAX_WAITING)
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def draw(self, spec: Picture) -> bytes:
        """Return the picture of a spec as PNG.

        Raises:
            ChartError: if it could not be drawn in time, or too many charts are waiting.
        """
        if self._closed:
            raise ChartError("the chart worker is closed")
        picture: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        try:
            self._jobs.put_nowait((picture_spec.encode(spec), picture))
        except asyncio.QueueFull:
            raise ChartError(f"{MAX_WAITING} charts are waiting already") from None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve(), name="debugcog-charts")
        return await picture

    async def close(self) -> None:
        """End the process at once; pictures that are still wanted raise ChartError."""
        self._closed = True
        if self._task is not None and is_here(self._task):
            self._task.cancel()
            await asyncio.wait([self._task])
        while not self._jobs.empty():
            _fail(self._jobs.get_nowait()[1], "the chart worker was closed")

    async def _serve(self) -> None:
        """Answer jobs until none has come for a while, or the worker is closed."""
        try:
            while await self._serve_next():
                pass
        finally:
            await self._end_process()

    async def _serve_next(self) -> bool:
        """Answer one job; False after an idle time, when nothing has come in up to now."""
        try:
            async with asyncio.timeout(self._idle_seconds):
                request, picture = await self._jobs.get()
        except TimeoutError:
            await self._end_process()
            return not self._jobs.empty()
        if not picture.done():  # else whoever wanted it has given up
            await self._answer(request, picture)
        return True

    async def _answer(self, request: bytes, picture: asyncio.Future[bytes]) -> None:
        try:
            png = await self._ask(request)
        except ChartError as error:
            _fail(picture, str(error))
        except Exception as error:  # noqa: BLE001 - no trouble with a picture may end the task
            _fail(picture, f"{type(error).__name__}: {error}")
        else:
            if not picture.done():
                picture.set_result(png)
        finally:
            _fail(picture, "the chart worker was closed")

    async def _ask(self, request: bytes) -> bytes:
        """Exchange a request for a picture; end the process if it does not keep to the rules."""
        if self._process is not None and self._process.returncode is not None:
            await self._end_process()  # it died while nothing was asked of it
        seconds = self._first_timeout if self._process is None else self._timeout
        try:
            async with asyncio.timeout(seconds):
                if self._process is None:
                    self._process = await self._start_process()
                kind, body = await _exchange(self._process, request)
        except TimeoutError:
            await self._end_process()
            raise ChartError(f"the picture was not drawn within {seconds:g} s") from None
        except EOFError:
            await self._end_process()
            raise ChartError("the chart process ended before the picture was drawn") from None
        except (OSError, ValueError) as error:
            await self._end_process()
            raise ChartError(f"the chart process failed: {error}") from error
        if kind == program.FAULT:
            raise ChartError(body.decode(errors="replace"))
        return body

    async def _start_process(self) -> Process:
        if not self._command:
            raise ChartError("there is no Python interpreter to draw with")
        environ = self._environ = self._environ or self._choose_environ()
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=environ,
            creationflags=WINDOWS_FLAGS,
        )

    def _choose_environ(self) -> dict[str, str]:
        environ = environment.child_environment(self._given)
        if trouble := environment.cache_trouble(environ):
            log.warning("%s", trouble)
        return environ

    async def _end_process(self) -> None:
        """Kill the process and wait until it and its pipes are gone."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(OSError):
            await process.communicate()  # reads what is left: a full pipe would never close
        self._process = None


def own_command(lifetime: float) -> tuple[str, ...]:
    """Return how to start the project's program; empty if Python is frozen into the host.

    A frozen host's ``sys.executable`` is the host itself: it would start a second bot.
    """
    if getattr(sys, "frozen", False) or not sys.executable:
        return ()
    return (sys.executable, "-P", chart_program.__file__, str(lifetime))


async def _exchange(process: Process, request: bytes) -> tuple[bytes, bytes]:
    """Send one frame and read one.

    Raises:
        ValueError: if the answer is no frame of ours.
        EOFError, OSError: if the process has ended.
    """
    if process.stdin is None or process.stdout is None:
        raise ValueError("it has no pipes")
    process.stdin.write(program.HEADER.pack(program.CHART, len(request)) + request)
    await process.stdin.drain()
    kind, size = program.HEADER.unpack(await process.stdout.readexactly(program.HEADER.size))
    if kind not in (program.PICTURE, program.FAULT) or size > MAX_ANSWER:
        raise ValueError("it answered nonsense")
    body = await process.stdout.readexactly(size)
    if kind == program.PICTURE and not body.startswith(SIGNATURE):
        raise ValueError("it answered with something that is no picture")
    return kind, body


def _fail(picture: asyncio.Future[bytes], reason: str) -> None:
    if not picture.done():
        picture.set_exception(ChartError(reason))
