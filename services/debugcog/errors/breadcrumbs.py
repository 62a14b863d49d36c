"""Log records → breadcrumbs: the last lines that a task or thread logged before its error.

They tell what each call said when it was made; redacted they are when an error report needs them.
What users wrote stays out: records below INFO, discord.py's below WARNING, and in all others the
texts that ``texts`` remembers.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from services.debugcog import host_text
from services.debugcog.errors.text_memory import TextMemory
from services.debugcog.guard import attempt
from services.debugcog.level_names import plain_level
from services.debugcog.log_message import Message, message_of
from services.debugcog.logfile.text import MARGIN, shortened

TRAIL_MAX = 1_000
LINES_MAX = 30
LINE_MAX = 300
KEPT_MAX = LINE_MAX + MARGIN + 1
"""Characters of a message that are kept, so that a secret which is cut in two is behind the end."""

NO_TIME = "--:--:--"
"""Where a host's record factory has put none."""

Key = int | weakref.ref[asyncio.Task[object]]


class Crumb(NamedTuple):
    """What a log call said, and none of the host's objects. A tuple is made sooner than others."""

    key: Key
    created: float
    level: str
    logger: str
    message: Message

    def text(self, redact: Callable[[str], str]) -> str:
        """Format the line: ``16:10:11 [INFO] services.llm: asked``."""
        clock = attempt(partial(_clock, self.created), NO_TIME)
        return f"{clock} [{self.level}] {redact(self.logger)}: {self._message(redact)}"

    def _message(self, redact: Callable[[str], str]) -> str:
        text, is_whole = shortened(str(self.message), redact, LINE_MAX)
        line = " ".join(text.split())
        return line if is_whole else line[: LINE_MAX - 1] + "…"


def _clock(created: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(created))


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
    message = message_of(record, KEPT_MAX)
    level, name = record.levelname, record.name
    fields = (
        current_key(),
        record.created,
        plain_level(level if type(level) is str else host_text.text_now(level), record.levelno),
        name if type(name) is str else host_text.text_now(name),
        message,
    )
    return tuple.__new__(Crumb, fields)  # in half of the time of ``Crumb()``


def current_key() -> Key:
    """Identify the running task, or else the thread."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs in this thread
        task = None
    return threading.get_ident() if task is None else weakref.ref(task)
