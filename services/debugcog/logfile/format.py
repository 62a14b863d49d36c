"""LogRecord → its line in the log, with its traceback indented below it.

    2026-11-23 16:10:11,123 [ERROR] services.tts: Failed to generate TTS: timeout
      Traceback (most recent call last):
        File "services/tts.py", line 45, in generate
          audio = await kokoro.synthesize(text)
      TimeoutError: timeout

What was chosen, so that no text can pass for a record: a message is one line, whatever breaks,
escapes or overrides it holds (``logfile.text``). Lines below it come from tracebacks,
stacks and ``Block`` alone, start with two spaces, and hold no word that the commands of
docs/logs.md count. The time is local.
"""

from __future__ import annotations

import functools
import logging
import re
import time
from dataclasses import dataclass
from types import TracebackType

from services.debugcog.logfile.text import (
    Redact,
    first_line,
    split_lines,
    uncounted,
    without_secrets,
)
from services.debugcog.logfile.tracebacks import TracebackFormat

INDENT = "  "
NAME_MAX = 200
STACK_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Block:
    """A message of several lines, such as "LLM Request:"; only our own code makes one."""

    title: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join((self.title, *(INDENT + line for line in self.lines)))


class LineFormat:
    """Formats records on one thread; whatever a record holds, a line comes out.

    Args:
        redact: takes the secrets out of a text; where it fails, the text is left out.
    """

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self._tracebacks = TracebackFormat(redact)
        self._name = functools.lru_cache(512)(self._clean_name)
        self._level = functools.lru_cache(64)(_clean_level)
        self._second = functools.lru_cache(2)(_second)

    def __call__(self, record: logging.LogRecord) -> str:
        """Format a record; the text ends in a line break."""
        try:
            return self._lines(record)
        except BaseException as error:  # noqa: BLE001 - a record must never end the writer
            kind = uncounted(type(error).__name__)
            trouble = f"Log record cannot be formatted: {kind}"
            return f"{self._stamp(time.time())} [ERROR] debugcog.logs: {trouble}\n"

    def _lines(self, record: logging.LogRecord) -> str:
        level = self._level(record.levelname)
        message, lines = record.msg, self._extras(record)
        if isinstance(message, Block):
            lines[:0] = [self._line(line) for line in message.lines]
        text = message.title if isinstance(message, Block) else _message(record)
        first = first_line(without_secrets(text, self._redact), level)
        head = f"{self._stamp(record.created)} [{level}] {self._name(record.name)}: {first}"
        return "".join((head, *(f"\n{INDENT}{line}" for line in lines), "\n"))

    def _extras(self, record: logging.LogRecord) -> list[str]:
        """Return the traceback and the stack; one formatted elsewhere is taken as it is."""
        lines = []
        if record.exc_info and record.exc_info[1] is not None:
            lines = self._traceback(record.exc_info[1], record.exc_info[2])
        elif record.exc_text:
            lines = self._split(record.exc_text)
        return lines + (self._split(record.stack_info) if record.stack_info else [])

    def _traceback(self, error: BaseException, trace: TracebackType | None) -> list[str]:
        try:
            return self._tracebacks.lines(error, trace)
        except BaseException as trouble:  # noqa: BLE001 - the message is still worth its line
            return [f"[traceback cannot be formatted: {uncounted(type(trouble).__name__)}]"]

    def _split(self, text: str) -> list[str]:
        return split_lines(text, self._redact, STACK_MAX)

    def _line(self, text: str) -> str:
        return uncounted(without_secrets(text, self._redact))

    def _stamp(self, created: float) -> str:
        second, rest = divmod(created, 1)
        return f"{self._second(int(second))},{int(rest * 1000):03d}"

    def _clean_name(self, name: str) -> str:
        """Keep a logger's name to one ``:``-field, so that ``cut -d: -f4`` finds the message."""
        clean = uncounted(without_secrets(str(name), self._redact, NAME_MAX))
        return clean.replace(":", r"\x3a")


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except BaseException as error:  # noqa: BLE001 - wrong arguments, or one whose __str__ fails
        return f"{record.msg} (arguments do not fit: {type(error).__name__})"


def _clean_level(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", str(name))[:20]


def _second(second: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
