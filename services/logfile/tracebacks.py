"""Exception → the lines of its traceback, bounded, without secrets and without caret lines.

Python 3.11 and newer mark the failing part of each line with carets: half of the cost of a
traceback (``make bench`` shows it), and nothing that a log needs.
"""

from __future__ import annotations

import linecache
import time
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType

from services.logfile.text import Redact, escaped, split_lines, uncounted, without_secrets

CHAIN_MAX = 10
"""Exceptions of one chain of causes that are shown."""
FRAMES_MAX = 60
"""Frames of one traceback that are shown: a third from its start, the rest from its end."""
GROUP_MAX = 10
"""Exceptions of one group that are shown."""
DEPTH_MAX = 4
"""Groups inside groups that are shown."""
CACHE_MAX = 2_000
CACHE_SECONDS = 1.0

CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"
START = "Traceback (most recent call last):"


class TracebackFormat:
    """Formats exceptions on one thread; the text of a frame is kept for a second.

    Args:
        redact: takes the secrets out of a text.
        clock: monotonic seconds.
    """

    def __init__(self, redact: Redact, clock: Callable[[], float] = time.monotonic) -> None:
        self._redact = redact
        self._clock = clock
        self._frames: dict[tuple[str, int, str], tuple[str, ...]] = {}
        self._fresh_until = 0.0

    def lines(self, error: BaseException, trace: TracebackType | None) -> list[str]:
        """Give the lines as Python prints them, each exception's own text in a single line.

        Args:
            error: the exception.
            trace: its traceback as it was when the record was made.
        """
        self._forget()
        return self._chain(error, trace, 0)

    def _forget(self) -> None:
        now = self._clock()
        if now >= self._fresh_until or len(self._frames) > CACHE_MAX:
            self._frames.clear()
            self._fresh_until = now + CACHE_SECONDS

    def _chain(self, error: BaseException, trace: TracebackType | None, depth: int) -> list[str]:
        lines = self._one(error, trace, depth)
        seen = {id(error)}
        for earlier, joint in _earlier(error):
            if id(earlier) in seen:
                break
            seen.add(id(earlier))
            if len(seen) > CHAIN_MAX:
                lines.insert(0, "[… earlier exceptions left out …]")
                break
            lines[:0] = [*self._one(earlier, earlier.__traceback__, depth), joint]
        return lines

    def _one(self, error: BaseException, trace: TracebackType | None, depth: int) -> list[str]:
        lines = [] if trace is None else [START, *self._stack(trace)]
        lines.append(self._clean(_title(error)))
        notes = getattr(error, "__notes__", ())
        lines += [self._clean(_text(note)) for note in notes] if isinstance(notes, list) else []
        if isinstance(error, BaseExceptionGroup):
            lines += self._members(error, depth + 1)
        return lines

    def _members(self, group: BaseExceptionGroup[BaseException], depth: int) -> list[str]:
        count = len(group.exceptions)
        shown = group.exceptions[:GROUP_MAX] if depth <= DEPTH_MAX else ()
        lines = []
        for number, member in enumerate(shown, 1):
            lines.append(f"  Exception {number} of {count} in the group:")
            lines += [f"    {line}" for line in self._chain(member, member.__traceback__, depth)]
        if count > len(shown):
            lines.append(f"  [… {count - len(shown)} more in the group …]")
        return lines

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


def _earlier(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """Walk from an exception to those before it, each with the sentence that joins it."""
    current = error
    while True:
        cause, context = current.__cause__, current.__context__
        if cause is not None:
            current, joint = cause, CAUSE
        elif context is not None and not current.__suppress_context__:
            current, joint = context, CONTEXT
        else:
            return
        yield current, joint


def _title(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = f"{kind.__module__}.{name}"
    text = _text(error)
    return f"{name}: {text}" if text else name


def _text(thing: object) -> str:
    try:
        return str(thing)
    except Exception as error:  # noqa: BLE001 - an exception may fail to tell what it is
        return f"<str() raised {type(error).__name__}>"
