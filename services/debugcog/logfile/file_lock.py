"""Lock of an open file between processes; the system frees it when its holder ends."""

from __future__ import annotations

import contextlib
import sys
import time

WAIT_SECONDS = 0.2
POLL_SECONDS = 0.0005

if sys.platform != "win32":
    import fcntl


class FileLock:
    """Held for a write or a rotation, so that it is free again in a moment.

    A process that was stopped in that moment, as by SIGSTOP, keeps it: it is awaited once, and then
    only tried, until it is free. Windows has none, nor have some network disks.
    """

    def __init__(self) -> None:
        self._patience = WAIT_SECONDS

    def take(self, file: int) -> bool:
        """Lock an open file; return False if another process does not let go of it."""
        end = time.monotonic() + self._patience
        while not _locked(file):
            if time.monotonic() >= end:
                self._patience = 0.0
                return False
            time.sleep(POLL_SECONDS)
        self._patience = WAIT_SECONDS
        return True

    def release(self, file: int) -> None:
        """Unlock it, also for copies of the descriptor that a forked child has."""
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_UN)


def _locked(file: int) -> bool:
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a disk that has no locks
            return True
    return True
