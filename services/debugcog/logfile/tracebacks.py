"""Exception, taken down → the lines of its traceback for the log, without secrets."""

from __future__ import annotations

import linecache
import time
from collections.abc import Callable, Iterator

from services.debugcog.logfile.text import Redact, escaped, split_lines, uncounted, without_secrets
from services.debugcog.stack_memory import Frame, StackSummary
from services.debugcog.tracebacks import Form, Raised, Text, traceback_lines
from services.debugcog.wording import counted

CACHE_MAX = 1_000
"""Frames and texts that are kept."""
STACKS_MAX = 100
CACHE_SECONDS = 1.0
SHORT = 500
"""Characters of a text that is kept."""


class TracebackFormat:
    """Formats exceptions on one thread; what it has made of their parts is kept for a second.

    Where a bot fails 500 times a second, it does so in few ways.

    Args:
        redact: takes the secrets out of a text.
        clock: monotonic seconds.
    """

    def __init__(self, redact: Redact, clock: Callable[[], float] = time.monotonic) -> None:
        self._redact = redact
        self._clock = clock
        self._form = Form(self._clean, self._stack)
        self._frames: dict[Frame, tuple[str, ...]] = {}
        self._stacks: dict[int, tuple[StackSummary, tuple[str, ...]]] = {}
        self._texts: dict[Text, str] = {}
        self._fresh_until = 0.0

    def lines(self, raised: Raised) -> list[str]:
        """Return the lines as Python prints them."""
        now = self._clock()
        if now >= self._fresh_until:
            self._fresh_until = now + CACHE_SECONDS
            self._forget()
        return traceback_lines(raised, self._form)

    def knows(self, raised: Raised) -> bool:
        """Return whether ``lines`` has all source that it needs."""
        return self._clock() < self._fresh_until and all(
            not link.members and (link.stack is None or id(link.stack) in self._stacks)
            for link in raised.links
        )

    def _forget(self) -> None:
        self._frames.clear()
        self._stacks.clear()
        self._texts.clear()

    def _stack(self, stack: StackSummary) -> tuple[str, ...]:
        # By its id: most are the same object as one before, and its hash takes long.
        known = self._stacks.get(id(stack))
        if known is None:
            if len(self._stacks) >= STACKS_MAX:
                self._stacks.clear()
            known = self._stacks[id(stack)] = stack, tuple(self._made(stack))
        return known[1]

    def _made(self, stack: StackSummary) -> Iterator[str]:
        for frame in stack.first:
            yield from self._frame(frame)
        if stack.left_out:
            yield f"  [… {counted(stack.left_out, 'frame')} left out …]"
        for frame in stack.last:
            yield from self._frame(frame)

    def _frame(self, frame: Frame) -> tuple[str, ...]:
        lines = self._frames.get(frame)
        if lines is None:
            file, number, function = frame
            place = f'  File "{escaped(file)}", line {number}, in {function}'
            linecache.checkcache(file)
            source = linecache.getline(file, number).strip()
            # Redacted together: in a line of source, only what stands in quotes is a value.
            text = f"{place}\n    {source}" if source else place
            if len(self._frames) >= CACHE_MAX:
                self._frames.clear()
            lines = self._frames[frame] = tuple(split_lines(text, self._redact))
        return lines

    def _clean(self, text: Text) -> str:
        clean = self._texts.get(text)
        if clean is None:
            clean = uncounted(without_secrets(text.text, self._redact, left_out=text.left_out))
            if len(text.text) <= SHORT:
                if len(self._texts) >= CACHE_MAX:
                    self._texts.clear()
                self._texts[text] = clean
        return clean
