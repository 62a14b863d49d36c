"""Error on opening or writing a file → advice on how to fix it."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

OF_SQLITE = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
}
OF_NUMBER = {
    errno.ENOSPC: "free space on its disk",
    errno.EDQUOT: "free space in its quota",
    errno.ENOLCK: "let {key} name a file on a local disk",
    errno.EBUSY: "mount the folder, not the file alone, which then cannot be renamed",
    errno.EUSERS: "give each process a {key} of its own",
}
BESIDE = ("", "-wal", "-shm")
"""What SQLite adds to the name of a file for those beside it."""
OPEN = "see that files in {} can be written"


def advice_for(error: Exception, path: Path, key: str) -> str:
    """Return what to do, in a few words.

    Args:
        error: an OSError, or one of SQLite.
        path: the file, which need not be there.
        key: the setting that names it.
    """
    number = _number(error)
    if number in OF_NUMBER:
        return OF_NUMBER[number].format(key=key)
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - raise nothing
        what = "a directory" if path.is_dir() else "a device, a pipe or a socket"
        return f"let {key} name a file, {path} is {what}"
    near = _nearest(path.parent)
    if not near.is_dir():
        return f"move the file {near} away, a directory is needed there, or change {key}"
    if number == errno.EROFS or _is_read_only(near):
        return f"let {key} name a file on a disk that can be written, {near} is read-only"
    if refusing := _refusing(path):
        return _files(refusing)
    if number in (errno.EACCES, errno.EPERM):
        return _folder(path.parent, near)
    return OPEN.format(near)


def _refusing(path: Path) -> list[Path]:
    """List what refuses us of a file and of those that SQLite has beside it."""
    return [
        file
        for file in (Path(f"{path}{end}") for end in BESIDE)
        if os.path.isfile(file) and not os.access(file, os.R_OK | os.W_OK)  # noqa: PTH113 - as above
    ]


def _folder(folder: Path, near: Path) -> str:
    """Say how a folder comes to be writable; one above it may be the system's, and stays so."""
    if not _is_foreign(near):
        return f"chmod 755 {near}"
    if os.access(near, os.W_OK | os.X_OK):
        return OPEN.format(near)
    if folder != near and os.access(near, os.X_OK):
        return f"mkdir -p {folder} && chown {os.getuid()} {folder}"
    return f"chown {os.getuid()} {near}"


def _files(refusing: list[Path]) -> str:
    """Say whose the files should be, and else which mode they should have."""
    foreign = [file for file in refusing if _is_foreign(file)]
    command = f"chown {os.getuid()}" if foreign else "chmod 644"
    return " ".join((command, *map(str, foreign or refusing)))


def _is_foreign(place: Path) -> bool:
    return hasattr(os, "getuid") and place.stat().st_uid != os.getuid()


def _number(error: Exception) -> int | None:
    if isinstance(error, OSError):
        return error.errno
    return OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)


def _nearest(folder: Path) -> Path:
    """Find the part of a folder's path that exists."""
    for place in (folder, *folder.parents):
        if os.path.lexists(place):
            return place
    return folder


def _is_read_only(folder: Path) -> bool:
    if not hasattr(os, "statvfs"):  # Windows
        return False
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False
