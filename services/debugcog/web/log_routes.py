"""LogSource → what the API tells of the log: questions, a live stream, downloads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import BinaryIO

from aiohttp import web

from services.debugcog.answers.logs import (
    BATCH_MAX,
    LogSource,
    found,
    latest,
    log_files,
    unreadable,
)
from services.debugcog.answers.published import Published
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.web.api import Handler
from services.debugcog.web.documents import document
from services.debugcog.web.headers import NO_STORE
from services.debugcog.web.questions import Ask, Question, RefusedError

PAUSE = 0.25
"""Seconds between two looks at the buffer: what was logged meanwhile is one event."""
QUIET_SECONDS = 15.0
"""After so long without a line a comment is sent, which proxies take for life."""
CHUNK = 65_536
UNKNOWN = "There is no such log file. Reload the list: the files may have been rotated."


class LogRoutes:
    """Makes the handlers.

    Args:
        source: gives the buffer and the files, once the log is set up.
    """

    def __init__(self, source: Callable[[], LogSource]) -> None:
        self._source = source

    def questions(self) -> Mapping[str, Question]:
        """Map paths below ``/api/v1/`` to questions."""
        return {
            "logs": lambda published, ask: latest(self._source(), _filter(ask)),
            "logs/search": self._search,
            "logs/files": lambda published, ask: log_files(self._source()),
        }

    def handlers(self) -> Mapping[str, Handler]:
        """Map paths to downloads."""
        return {"logs/files/{name}": self._download}

    def streams(self) -> Mapping[str, Handler]:
        """Map paths to what goes on until the viewer leaves."""
        return {"logs/stream": self._stream}

    def _search(self, published: Published, ask: Ask) -> object:
        try:
            return found(self._source(), _filter(ask), ask.text("before"))
        except ValueError as error:
            raise RefusedError(400, f"{error}.") from error

    async def _download(self, request: web.Request) -> web.StreamResponse:
        source, name = self._source(), request.match_info["name"]
        with _opened(source, name) as file:
            response = web.StreamResponse(
                headers={
                    **NO_STORE,
                    "Content-Type": "text/plain; charset=utf-8",
                    "Content-Disposition": f'attachment; filename="{_ascii(name)}"',
                }
            )
            await response.prepare(request)
            await _send_file(response, file, source.redact)
        return response

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        lines, after = self._source().lines, Ask(dict(request.query)).number("after", 0)
        response = web.StreamResponse(headers={**NO_STORE, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        after = after if after <= lines.last else 0  # of an earlier run
        quiet = 0.0
        while True:
            batch = lines.after(after, BATCH_MAX)
            if batch:
                after, quiet = batch[-1].sequence, 0.0
                await response.write(_event(after, json.dumps(document(batch))))
                if len(batch) == BATCH_MAX:
                    continue
            elif quiet >= QUIET_SECONDS:
                quiet = 0.0
                await response.write(b": nothing new\n\n")
            quiet += PAUSE
            await asyncio.sleep(PAUSE)


def _filter(ask: Ask) -> LogFilter:
    try:
        return LogFilter(ask.text("level"), ask.text("logger"), ask.text("text"))
    except ValueError as error:
        raise RefusedError(400, f"{error}.") from error


def _event(number: int, body: str) -> bytes:
    return f"id: {number}\nevent: lines\ndata: {body}\n\n".encode()


def _opened(source: LogSource, name: str) -> BinaryIO:
    """Open one of the files, before the answer begins: it may be gone, or not for us to read."""
    try:
        path = source.files.path_of(name) if source.files else None
        if path is not None:
            return path.open("rb")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise RefusedError(503, unreadable(source, error)) from error
    raise RefusedError(404, UNKNOWN)


async def _send_file(
    response: web.StreamResponse, file: BinaryIO, redact: Callable[[str], str]
) -> None:
    """Send the whole lines of a file, redacted: a host may have written some of them itself."""
    loop = asyncio.get_running_loop()
    while lines := await loop.run_in_executor(None, file.readlines, CHUNK):
        text = b"".join(lines).decode(errors="replace")
        await response.write((await loop.run_in_executor(None, redact, text)).encode())


def _ascii(name: str) -> str:
    """Write a file's name as a header may have it."""
    return "".join(
        one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in name
    )
