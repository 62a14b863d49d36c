"""Handler of a signal that ends the process, used if the host has none: notes the end, then ends.

``docker stop`` and ``systemctl restart`` send it, and by default it ends Python on the spot. A
deploy would be told as a crash. SIGHUP comes when the terminal of a bot is closed.
A host that handles the signal itself keeps its handler.

The signal often comes twice within milliseconds: the process group gets it, and ``uv run``, ``npm``
or a shell passes it on. So a second one, of either kind, ends nothing while the end is being noted;
a few seconds later it does.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import ClassVar

_exit = os._exit
"""Before anybody notes who calls it."""
PATIENCE = 5.0
"""Seconds that a note may take until another signal ends the process without it."""
LAST = 1.0
"""Seconds that the main thread gets to end the process by the signal itself."""


class Termination:
    """Stands where nobody else does.

    Args:
        note: called in a thread before the process ends; it may take a few seconds, not more.
        number: of the signal; a system that does not have it has None.
    """

    _since: ClassVar[float | None] = None  # the first signal, of any kind: there is one end
    _is_noted: ClassVar[bool] = False

    def __init__(
        self, note: Callable[[], object], number: signal.Signals | None = signal.SIGTERM
    ) -> None:
        self._note = note
        self._number = number
        self._process = 0

    def install(self) -> None:
        """Take the signal, if it is free and this is the thread that may."""
        is_main = threading.current_thread() is threading.main_thread()
        free = self._number is not None and signal.getsignal(self._number) is signal.SIG_DFL
        if is_main and self._number is not None and free:
            self._process = os.getpid()
            signal.signal(self._number, self._end)

    def uninstall(self) -> None:
        """Give the signal back, if it is still ours."""
        if self._number is not None and signal.getsignal(self._number) == self._end:
            signal.signal(self._number, signal.SIG_DFL)

    def _end(self, number: int, frame: FrameType | None) -> None:
        """Leave the rest to a thread: the main one may hold any lock, right now."""
        if os.getpid() != self._process:  # a forked child, which has none of our threads
            _end_by(number)
        elif Termination._since is None:
            Termination._since = time.monotonic()
            # threading.Thread takes a lock itself
            _thread.start_new_thread(self._note_and_exit, (number,))
        elif Termination._is_noted or time.monotonic() - Termination._since >= PATIENCE:
            _end_by(number)

    def _note_and_exit(self, number: int) -> None:
        try:
            self._note()
        finally:
            Termination._is_noted = True
            _wake_main_thread(number)  # it alone may give the signal back
            time.sleep(LAST)
            _exit(128 + number)


def _wake_main_thread(number: int) -> None:
    """Send the signal to the main thread: another would take it without waking that one."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        os.kill(os.getpid(), number)
    else:
        signal.pthread_kill(main, number)


def _end_by(number: int) -> None:
    """End the process as the signal does by default; the first of a container ignores that."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    _exit(128 + number)
