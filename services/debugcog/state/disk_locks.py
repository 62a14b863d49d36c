"""SQLite's answer that a file is locked → the same, or an error that its disk has no locks.

SQLite answers the same for a file of another process and for a disk that refuses every lock, as a
network disk may (NFS with ``nolock`` or without its lock service, CIFS).
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from services.debugcog.state.connection import connect

PREFIX = ".debugcog-locks-"


@contextlib.contextmanager
def locks_checked(path: Path) -> Iterator[None]:
    """Open a file inside; where the disk has no locks, none is left that was not there.

    Raises:
        OSError: the disk has no locks.
    """
    was_there = os.path.exists(path)  # noqa: PTH110 - raises nothing, whatever may be looked at
    try:
        yield
    except sqlite3.OperationalError as error:
        if not is_busy(error) or _has_locks(path.parent):
            raise
        if not was_there:
            with contextlib.suppress(OSError):
                path.unlink()
        raise OSError(errno.ENOLCK, "this disk has no locks") from error


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether SQLite found a file locked."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY


def _has_locks(folder: Path) -> bool:
    """Lock a file that no other process can know; True also where that cannot be tried."""
    try:
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder) as name:
            connect(f"{name}/state.sqlite3").close()
    except sqlite3.Error as error:
        return not is_busy(error)
    except OSError:
        return True
    return True
