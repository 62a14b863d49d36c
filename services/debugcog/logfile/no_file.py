"""LOG_FILE_PATH → the standard stream that it names, and why the log is in no file, if so.

Such a stream is a console, and a device is much like one: nothing can be read back from it, nothing
rotates it, and no second file stands beside it.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TextIO

TO_NO_FILE = "LOG_TO_FILE is false"
NAMES = {
    f"{folder}{name}": number
    for number, names in ((1, ("/stdout", "/fd/1")), (2, ("/stderr", "/fd/2")))
    for folder, name in (("/dev", names[0]), ("/dev", names[1]), ("/proc/self", names[1]))
}
LINKS_MAX = 10


def standard_stream(path: Path) -> TextIO | None:
    """Return the real standard output or error if a path names it, or is a link that does."""
    name = os.path.abspath(path)  # noqa: PTH100 - no link is to be followed but by its name
    for _ in range(LINKS_MAX):
        if name in NAMES:
            return sys.__stdout__ if NAMES[name] == 1 else sys.__stderr__
        try:
            name = os.path.normpath(os.path.join(os.path.dirname(name), os.readlink(name)))  # noqa: PTH115, PTH118, PTH120 - texts
        except OSError:
            break
    return None


def is_file(path: Path) -> bool:
    """Return whether a path is that of a file, which need not be there, and of no device."""
    if standard_stream(path) is not None:
        return False
    try:
        mode = path.stat().st_mode
    except OSError:
        return True
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)  # what is wrong with a directory is told


def why_no_file(path: Path, *, to_file: bool) -> str:
    """Say why the log is in no file, beginning with the setting; empty where it is in one."""
    if not to_file:
        return TO_NO_FILE
    return "" if is_file(path) else "LOG_FILE_PATH is no file"
