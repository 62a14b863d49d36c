"""Stack traces that ``faulthandler`` writes on a crash, in a file beside the state file."""

from __future__ import annotations

import faulthandler
import logging
from pathlib import Path
from typing import TextIO

log = logging.getLogger("debugcog.crash_trace")

TRACE_MAX = 16_384


class CrashTrace:
    """Lets Python write every thread's stack when the process dies of a fatal error.

    There is one slot for this in a process; a host that has filled it keeps it.

    Args:
        path: the file; its folder is there, as that of the state file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

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
        if faulthandler.is_enabled() or not self._path.parent.is_dir():
            return  # without its folder the state is in memory, and the log says why
        try:
            self._file = self._path.open("w")
        except OSError as error:
            log.warning("Crash trace not kept: %s", error)
        else:
            faulthandler.enable(self._file)

    def close(self) -> None:
        """Give the slot back; a run that ends well leaves no file."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            self._path.unlink(missing_ok=True)
