"""Timer of the kernel that interrupts the main thread when its watch no longer gets a turn.

While C code holds the interpreter's lock, no Python thread runs. The signal of this timer makes
Python call a handler in the main thread as soon as that code returns, before anything else runs
and with the frame that called it. ``faulthandler.dump_traceback_later`` would tell it earlier, but
reads the stack while it changes: in a stall of Python code it crashed the process after some dumps.
``signal.setitimer`` outlives ``os.execv``, by which bots restart themselves, and would kill them.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # its getsignal() makes no enum: 10 µs, not 70
import atexit
import contextlib
import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

AGAIN = 0.25
"""Seconds from one call to the next: one function may make several calls that block."""
TAKEN = ("SigCgt", "SigIgn")
"""Masks of the signals that somebody catches or ignores, in C code as well."""


class _Event(ctypes.Structure):
    _fields_ = (
        ("value", ctypes.c_void_p),
        ("number", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("rest", ctypes.c_byte * 64),
    )


class _Times(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_long)
        for name in ("every_seconds", "every_nanoseconds", "seconds", "nanoseconds")
    )


class HoldTimer:
    """Calls back in the main thread when it was not armed anew for some time; Linux only.

    Args:
        seen: called with the main thread's frame; it may take no lock.
    """

    def __init__(self, seen: Callable[[FrameType | None], None]) -> None:
        self._seen = seen
        self._library: Any = None
        self._timer = ctypes.c_void_p()
        self._times = _Times(*_split(AGAIN), 0, 0)
        self._set: Callable[[], object] = int
        self._number: int | None = None
        self._lock = threading.Lock()

    def open(self) -> bool:
        """Begin, where the system has such timers and the main thread asks; False elsewhere."""
        if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
            return False
        library, number = _library(), _free_signal()
        if library is None or number is None:
            return False
        signal.signal(number, self._interrupted)
        signal.siginterrupt(number, False)  # system calls of the host go on
        event = _Event(None, number, 0)
        if library.timer_create(time.CLOCK_MONOTONIC, ctypes.byref(event), self._pointer()):
            signal.signal(number, signal.SIG_DFL)
            return False
        arguments = self._timer, 0, ctypes.byref(self._times), None
        self._set = partial(library.timer_settime, *arguments)  # made once: it is called often
        self._library, self._number = library, number
        atexit.register(self.disarm)  # Python's end takes the handler away, not the timer
        return True

    @property
    def is_open(self) -> bool:
        """Tell whether it has begun and was not ended."""
        return self._library is not None

    def arm(self, seconds: float) -> None:
        """Call back so many seconds from now, then again and again, until armed anew (4 µs)."""
        if self._number is not None and _signal.getsignal(self._number) != self._interrupted:
            self.disarm()  # somebody took the signal since, and is not to be called by us
        with self._lock:
            if self._library is not None:
                self._times.seconds, self._times.nanoseconds = _split(seconds)
                self._set()

    def disarm(self) -> None:
        """Delete the timer; the handler stays until ``close``."""
        with self._lock:
            library, self._library = self._library, None
            if library is not None:
                library.timer_delete(self._timer)

    def close(self) -> None:
        """Delete the timer and give its signal back, in the main thread."""
        self.disarm()
        atexit.unregister(self.disarm)
        number, self._number = self._number, None
        if number is not None and signal.getsignal(number) == self._interrupted:
            signal.signal(number, signal.SIG_IGN)  # drops one that has just been sent
            signal.signal(number, signal.SIG_DFL)

    def _pointer(self) -> Any:
        return ctypes.byref(self._timer)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(Exception):  # what the host is doing goes on in any case
            self._seen(frame)


def _split(seconds: float) -> tuple[int, int]:
    """Split into seconds and nanoseconds."""
    return int(seconds), int(seconds % 1 * 1e9)


def _library() -> Any:
    """Load the library that has the timers; before glibc 2.34 it is one of its own."""
    for name in (None, "librt.so.1"):
        try:
            library = ctypes.CDLL(name)
            library.timer_create, library.timer_settime, library.timer_delete  # noqa: B018 - looked up
        except (OSError, AttributeError):
            continue
        return library
    return None


def _free_signal() -> int | None:
    """Find a real-time signal that nobody in this process uses."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    masks = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    taken = 0
    for name in TAKEN:
        taken |= int(masks.get(name, "0"), 16)
    free = range(signal.SIGRTMAX - 4, signal.SIGRTMIN + 4, -1)
    return next((number for number in free if not taken >> (number - 1) & 1), None)
