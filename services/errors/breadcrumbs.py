"""LogRecord → a bounded trail; a task's or thread's last lines of it, for an error in it.

Nothing is formatted until an error wants it. What users wrote stays out: records below INFO, below
WARNING those of discord.py, and in all others the texts that ``texts`` knows of.
"""

from __future__ import annotations

import asyncio
import logging
import os.path
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

TRAIL_MAX = 1_000
LINES_MAX = 30
LINE_MAX = 300
HIDDEN = "[user's text]"
HIDDEN_MIN = 8
"""Characters of a user's text below which it may be any word."""
HEAD = 30
"""Characters of a user's text by which it is found, also where a log line cuts it off."""

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
    """The trail of one process; safe to use from any thread.

    Attributes:
        texts: gives what users wrote lately.
    """

    def __init__(self) -> None:
        self.texts: Callable[[], Iterable[str]] = tuple
        self._trail: deque[Crumb] = deque(maxlen=TRAIL_MAX)

    def add(self, record: logging.LogRecord) -> None:
        """Remember a record of the running task or thread."""
        floor = logging.WARNING if record.name.startswith("discord") else logging.INFO
        if record.levelno >= floor:
            self._trail.append(
                Crumb(
                    current_key(),
                    record.created,
                    record.levelname,
                    record.name,
                    record.msg,
                    record.args,
                )
            )

    def of(self, key: Key) -> tuple[Crumb, ...]:
        """Give the last lines of a task or thread, oldest first."""
        return tuple(crumb for crumb in tuple(self._trail) if crumb.key == key)[-LINES_MAX:]

    def without_texts(self, line: str) -> str:
        """Take out what users wrote."""
        for text in self.texts():
            head = text.strip()[:HEAD]
            at = line.find(head) if len(head) >= HIDDEN_MIN else -1
            if at >= 0:
                same = os.path.commonprefix((line[at:], text.strip()))  # noqa: RUF071 - by character
                line = line.replace(same, HIDDEN)
        return line


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
