"""Stack traces that ``faulthandler`` writes on a crash, in a file beside the state file."""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import os
import re
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TextIO, cast

from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.patterns import late_pattern
from services.debugcog.wording import clip_words

log = own_logger("debugcog.crash_trace")

TRACE_MAX = 16_384
NOTE_MAX = 400
"""Characters of a note that are written; redacted once more, it may be longer."""
NOTE = late_pattern(r"^DebugCog at (\d{1,12}\.\d{3}): (.{0,1000})$", re.MULTILINE)


@frozen
class Note:
    """How a run said that it would end; ``at`` is in unix seconds."""

    at: float
    text: str


def last_note(trace: str) -> Note | None:
    """Find the last note in what a run left; None where there is none, or it was taken back."""
    notes = NOTE.findall(trace)
    return Note(float(notes[-1][0]), notes[-1][1]) if notes and notes[-1][1] else None


class CrashTrace:
    """Lets Python write every thread's stack when the process dies of a fatal error.

    There is one slot for this in a process; a host that has filled it keeps it, and one that fills
    it later takes it over. A forked child, whose crash is not the bot's end, writes nothing.

    Args:
        path: the file; its folder is there, as that of the state file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._process = os.getpid()
        self._in_slot: Callable[[], object] | None = None

    @property
    def traced(self) -> bool:
        """Return whether Python writes there, or will once it is open."""
        if self._in_slot is None:
            return not faulthandler.is_enabled()
        return self._in_slot() is not None

    def read(self) -> str:
        """Return what the last run left, at most 16 kB of it."""
        try:
            return self._path.read_text(errors="replace")[:TRACE_MAX].strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except OSError as error:
            log.warning("Crash trace not readable: %s", error)
            return ""

    def open(self) -> None:
        """Begin this run's file; what the last run left is gone then."""
        if not self._path.parent.is_dir():
            return  # without its folder the state is in memory, and the log says why
        try:
            self._file = self._path.open("w")
        except OSError as error:
            log.warning("Crash trace not kept: %s", error)
            self._in_slot = _nothing
            return
        self._in_slot = _put_in_slot(self._file) if self.traced else _nothing

    def note(self, text: str) -> None:
        """Write how the run ends, at once; an empty text takes back what was written before.

        Nothing of a forked child is written, which ends by itself.
        """
        if self._file is not None and os.getpid() == self._process:
            line = (
                f"DebugCog at {time.time():.3f}: {clip_words(' '.join(text.split()), NOTE_MAX)}\n"
            )
            with contextlib.suppress(OSError, ValueError):  # the disk is full; the file is closed
                os.write(self._file.fileno(), line.encode(errors="replace"))

    def close(self) -> None:
        """Give the slot back; a run that ends well leaves no file."""
        if self._file is not None:
            if self.traced:
                faulthandler.disable()
            self._file.close()
            self._file = self._in_slot = None
            self._path.unlink(missing_ok=True)


class _Target:
    """What ``faulthandler`` is given instead of the file, and nobody else holds.

    It does not say for which file it works, but lets go of this when that is another one.
    """

    def __init__(self, file: TextIO) -> None:
        self.fileno = file.fileno
        self.flush = file.flush


def _put_in_slot(file: TextIO) -> Callable[[], object]:
    """Enable it for a file; return what returns None once it works for another one, or none."""
    target = _Target(file)
    _disable_in_children()
    faulthandler.enable(cast("TextIO", target))
    _in_slot.add(target)
    return weakref.ref(target)


_in_slot = weakref.WeakSet[_Target]()
"""What ``faulthandler`` works for in this process, if that is ours."""


@functools.cache
def _disable_in_children() -> None:
    """Have ours taken out of the slot in each child that is forked from now on, once for all."""
    if hasattr(os, "register_at_fork"):  # elsewhere nothing forks
        os.register_at_fork(after_in_child=_disable)


def _disable() -> None:
    if _in_slot:
        faulthandler.disable()


def _nothing() -> None:
    """Return None: ours is not in the slot."""
