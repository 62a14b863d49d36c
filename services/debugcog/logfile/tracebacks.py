"""Exception → the lines of its traceback for the log, without secrets."""

from __future__ import annotations

import linecache
import time
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType

from services.debugcog.logfile.text import Redact, escaped, split_lines, uncounted, without_secrets
from services.debugcog.tracebacks import Form, traceback_lines

FRAMES_MAX = 60
"""Frames of one traceback that are shown: a third from its start, the rest from its end."""
CACHE_MAX = 2_000
CACHE_SECONDS = 1.0


class TracebackFormat:
    """Formats exceptions on one thread; the text of a frame is kept for a second.

    Args:
        redact: takes the secrets out of a text.
        clock: monotonic seconds.
    """

    def __init__(self, redact: Redact, clock: Callable[[], float] = time.monotonic) -> None:
        self._redact = redact
        self._clock = clock
        self._form = Form(self._clean, self._stack)
        self._frames: dict[tuple[str, int, str], tuple[str, ...]] = {}
        self._fresh_until = 0.0

    def lines(self, error: BaseException, trace: TracebackType | None) -> list[str]:
        """Return the lines as Python prints them.

        Args:
            error: the exception.
            trace: its traceback as it was when the record was made.
        """
        self._forget()
        return traceback_lines(error, trace, self._form)

    def _forget(self) -> None:
        now = self._clock()
        if now >= self._fresh_until or len(self._frames) > CACHE_MAX:
            self._frames.clear()
            self._fresh_until = now + CACHE_SECONDS

    def _stack(self, trace: TracebackType) -> list[str]:
        frames = [(step.tb_frame, step.tb_lineno) for step in _steps(trace)]
        left_out = len(frames) - FRAMES_MAX
        if left_out <= 0:
            return [line for frame, number in frames for line in self._frame(frame, number)]
        first, last = frames[: FRAMES_MAX // 3], frames[FRAMES_MAX // 3 - FRAMES_MAX :]
        lines = [line for frame, number in first for line in self._frame(frame, number)]
        lines.append(f"  [… {left_out} frames left out …]")
        return lines + [line for frame, number in last for line in self._frame(frame, number)]

    def _frame(self, frame: FrameType, number: int) -> tuple[str, ...]:
        code = frame.f_code
        key = (code.co_filename, number, code.co_name)
        lines = self._frames.get(key)
        if lines is None:
            place = f'  File "{escaped(code.co_filename)}", line {number}, in {code.co_name}'
            linecache.checkcache(code.co_filename)
            source = linecache.getline(code.co_filename, number, frame.f_globals).strip()
            # Redacted together: in a line of source, only what stands in quotes is a value.
            text = f"{place}\n    {source}" if source else place
            lines = tuple(split_lines(text, self._redact))
            self._frames[key] = lines
        return lines

    def _clean(self, text: str) -> str:
        return uncounted(without_secrets(text, self._redact))


def _steps(trace: TracebackType) -> Iterator[TracebackType]:
    step: TracebackType | None = trace
    while step is not None:
        yield step
        step = step.tb_next
