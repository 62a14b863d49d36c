"""Linux's files of a process → its age, its memory and the highest; None on other systems."""

from __future__ import annotations

import os
import time
from pathlib import Path

ROOT = Path("/")
START = 19
"""Place of the start, in ticks since boot, among the fields behind the program's name."""


def age(pid: int, root: Path = ROOT) -> float | None:
    """Return the seconds since a process started, by a clock that nobody sets."""
    fields = _text(root / "proc" / str(pid) / "stat").rpartition(")")[2].split()
    if len(fields) <= START or not hasattr(time, "CLOCK_BOOTTIME"):
        return None
    start = int(fields[START]) / os.sysconf("SC_CLK_TCK")
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - start)


def peak_bytes(pid: int, root: Path = ROOT) -> int | None:
    """Return the most resident memory that a process has had."""
    for line in _text(root / "proc" / str(pid) / "status").splitlines():
        name, _, rest = line.partition(":")
        if name == "VmHWM":
            return int(rest.split()[0]) * 1024
    return None


def resident_mb(root: Path = ROOT) -> float | None:
    """Return the resident memory of this process, in MB."""
    fields = _text(root / "proc/self/statm").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2 if len(fields) > 1 else None


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
