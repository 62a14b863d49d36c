"""SIGTERM handler, used if the host has none: records a clean stop, then ends the process.

``docker stop`` and ``systemctl restart`` send it, and by default it ends Python on the spot. A
deploy would be told as a crash. A host that handles the signal itself keeps its handler.
"""

from __future__ import annotations

import _thread
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType


class Termination:
    """Stands where nobody else does.

    Args:
        note: called in a thread before the process ends; it may take a few seconds, not more.
    """

    def __init__(self, note: Callable[[], object]) -> None:
        self._note = note

    def install(self) -> None:
        """Take the signal, if it is free and this is the thread that may."""
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._end)

    def uninstall(self) -> None:
        """Give the signal back, if it is still ours."""
        if signal.getsignal(signal.SIGTERM) == self._end:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _end(self, number: int, frame: FrameType | None) -> None:
        """Leave the rest to a thread: the main one may hold any lock, right now."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _thread.start_new_thread(self._note_and_exit, ())  # threading.Thread takes a lock itself

    def _note_and_exit(self) -> None:
        try:
            self._note()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
