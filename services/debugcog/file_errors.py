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


def advice_for(error: Exception, path: Path, key: str) -> str:
    """Return what to do, in a few words.

    Args:
        error: an OSError, or one of SQLite.
        path: the file, which need not be there.
        key: the setting that names it.
    """
    number = _number(error)
    if number == errno.ENOSPC:
        return "free space on its disk"
    if number == errno.EDQUOT:
        return "free space in its quota"
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - raise nothing
        what = "a directory" if path.is_dir() else "a device, a pipe or a socket"
        return f"let {key} name a file, {path} is {what}"
    near = _nearest(path.parent)
    if not near.is_dir():
        return f"move the file {near} away, a directory is needed there, or change {key}"
    if number == errno.EROFS or _is_read_only(near):
        return f"let {key} name a file on a disk that can be written, {near} is read-only"
    if number in (errno.EACCES, errno.EPERM):
        return _permission(path, near)
    return f"see that files in {near} can be written"


def _permission(path: Path, near: Path) -> str:
    """Name the file where that is what refuses us, and else its folder."""
    if not os.access(path, os.F_OK) or os.access(path, os.R_OK | os.W_OK):
        return f"chmod 755 {near}"
    own = os.getuid() if hasattr(os, "getuid") else None
    foreign = own is not None and path.stat().st_uid != own
    return f"chown {own} {path}" if foreign else f"chmod 644 {path}"


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
