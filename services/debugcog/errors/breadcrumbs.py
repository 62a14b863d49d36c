"""Log records → breadcrumbs: the last lines that a task or thread logged before its error.

Nothing is formatted until an error report needs it. What users wrote stays out: records below INFO,
discord.py's below WARNING, and in all others the texts that ``texts`` remembers.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from services.debugcog.errors.text_memory import TextMemory

TRAIL_MAX = 1_000
LINES_MAX = 30
LINE_MAX = 300

Key = int | weakref.ref[asyncio.Task[object]]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A log record without its exception, which would keep frames and their locals alive."""

    key: Key
    created: float
    level: str
    logger: str
    message: object
    args: object

    def text(self, redact: Callable[[str], str]) -> str:
        """Format the line: ``16:10:11 [INFO] services.llm: asked``."""
        try:
            message = str(self.message)
            message = message % self.args if self.args else message
        except Exception as error:  # noqa: BLE001 - whatever an argument's __str__ raises
            message = f"<cannot be formatted: {type(error).__name__}>"
        clock = time.strftime("%H:%M:%S", time.localtime(self.created))
        return f"{clock} [{self.level}] {redact(self.logger)}: {_short(redact(message))}"


class Breadcrumbs:
    """The last log records of the process; safe to use from any thread.

    Attributes:
        texts: remembers what users wrote.
    """

    def __init__(self) -> None:
        self.texts = TextMemory()
        self._trail: deque[Crumb] = deque(maxlen=TRAIL_MAX)

    def add(self, record: logging.LogRecord) -> None:
        """Remember a record of the running task or thread."""
        is_discord = record.name.partition(".")[0] == "discord"
        if record.levelno >= (logging.WARNING if is_discord else logging.INFO):
            self._trail.append(crumb_of(record))

    def of(self, key: Key) -> tuple[Crumb, ...]:
        """Return the last lines of a task or thread, oldest first."""
        return tuple(crumb for crumb in tuple(self._trail) if crumb.key == key)[-LINES_MAX:]

    def without_texts(self, line: str) -> str:
        """Remove what users wrote from a line."""
        return self.texts.hide(line)


def crumb_of(record: logging.LogRecord) -> Crumb:
    """Make a crumb of a record of the running task or thread."""
    return Crumb(
        current_key(), record.created, record.levelname, record.name, record.msg, record.args
    )


def current_key() -> Key:
    """Identify the running task, or else the thread."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs in this thread
        task = None
    return threading.get_ident() if task is None else weakref.ref(task)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE_MAX else line[: LINE_MAX - 1] + "…"
