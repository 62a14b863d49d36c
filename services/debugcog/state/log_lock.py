"""Lock on SQLite's log beside a state file, which the host's own reading of its folder leaves.

SQLite's lock is the process's, and ends when any descriptor of the file is closed there, such as
that of a backup. This one is its own descriptor's. It is on the log, as SQLite locks that file
never, and one more would be left behind; and far beyond its end, as a lock of CIFS keeps others
from reading what it covers.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import time

from services.debugcog.interpreter import in_child

if sys.platform == "linux":
    import fcntl

OFFSET = 1 << 40
WAIT_SECONDS, POLL_SECONDS = 0.05, 0.005


class LogLock:
    """Held until it is released, or the process ends; a forked child has no part of it.

    Where there is none (other systems than Linux, some network disks), nothing is held.

    Args:
        path: of the state file.
    """

    def __init__(self, path: str) -> None:
        self._file: int | None = None
        with contextlib.suppress(OSError):
            self._file = os.open(f"{path}-wal", os.O_RDWR)
            _take(self._file)
        in_child(self, LogLock.release)

    def release(self) -> None:
        """Close it; releasing twice is harmless."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def is_held(path: str) -> bool:
    """Return whether somebody holds it for a state file; False where that is not known."""
    try:
        file = os.open(f"{path}-wal", os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _locked(file, exclusive=False)  # so that two who ask are not in their way
    except OSError:
        return False
    finally:
        os.close(file)


def _take(file: int) -> None:
    """Lock it, past those who ask whether it is held."""
    end = time.monotonic() + WAIT_SECONDS
    while not _locked(file, exclusive=True) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)


def _locked(file: int, *, exclusive: bool) -> bool:
    """Lock it if nobody else holds it.

    Raises:
        OSError: its disk has no such locks.
    """
    if sys.platform == "linux":
        kind = fcntl.F_WRLCK if exclusive else fcntl.F_RDLCK
        lock = struct.pack("hhqqi4x", kind, os.SEEK_SET, OFFSET, 1, 0)  # a struct flock of C
        try:
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, lock)
        except BlockingIOError:
            return False
    return True
