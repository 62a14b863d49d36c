"""Entry → its line in the log, with its traceback indented below it.

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
import time
from typing import TYPE_CHECKING

from services.debugcog.level_names import plain_level
from services.debugcog.logfile import tracebacks
from services.debugcog.logfile.entry import INDENT, OWN_LOGGER, STACK_MAX, Entry
from services.debugcog.logfile.text import (
    Redact,
    first_line,
    split_lines,
    uncounted,
    without_secrets,
    written_name,
)

if TYPE_CHECKING:
    from services.debugcog.tracebacks import Raised


class LineFormat:
    """Formats records on one thread; whatever a record holds, a line comes out.

    Args:
        redact: takes the secrets out of a text; where it fails, the text is left out.
    """

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self._tracebacks = functools.cache(lambda: tracebacks.TracebackFormat(redact))
        self._name = functools.lru_cache(512)(functools.partial(written_name, redact=redact))
        self._level = functools.lru_cache(64)(plain_level)
        self._second = functools.lru_cache(2)(_second)

    def __call__(self, entry: Entry) -> str:
        """Format an entry; the text ends in a line break."""
        try:
            return self._lines(entry)
        except BaseException as error:  # noqa: BLE001 - a record must never end the writer
            kind = uncounted(type(error).__name__)
            trouble = f"Log record cannot be formatted: {kind}"
            return f"{self._stamp(time.time())} [ERROR] {OWN_LOGGER}: {trouble}\n"

    def is_quick(self, entry: Entry) -> bool:
        """Return whether no source has to be read: a disk, or a loader of the host's, may hang."""
        return entry.raised is None or self._tracebacks().knows(entry.raised)

    def _lines(self, entry: Entry) -> str:
        level = self._level(entry.level_name, entry.level if type(entry.level) is int else None)
        lines = [self._line(line) for line in entry.block] + self._extras(entry)
        message = entry.message
        text = without_secrets(str(message), self._redact, left_out=message.left_out)
        first = first_line(text, level)
        head = f"{self._stamp(entry.created)} [{level}] {self._name(entry.name)}: {first}"
        return f"\n{INDENT}".join((head, *lines)) + "\n"

    def _extras(self, entry: Entry) -> list[str]:
        lines = self._traceback(entry.raised) if entry.raised is not None else []
        for text, left_out in entry.below:
            lines += split_lines(text, self._redact, STACK_MAX, left_out)
        return lines

    def _traceback(self, raised: Raised) -> list[str]:
        try:
            return self._tracebacks().lines(raised)
        except BaseException as trouble:  # noqa: BLE001 - the message is still worth its line
            return [f"[traceback cannot be formatted: {uncounted(type(trouble).__name__)}]"]

    def _line(self, text: str) -> str:
        return uncounted(without_secrets(text, self._redact))

    def _stamp(self, created: float) -> str:
        try:
            second, rest = divmod(created, 1)
            return f"{self._second(int(second))},{int(rest * 1000):03d}"
        except Exception:  # noqa: BLE001 - a host's record factory has put no time there
            return self._stamp(time.time())


def _second(second: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
