"""Text that ``faulthandler`` wrote at a crash → what happened and where, in a few words."""

from __future__ import annotations

import re
from pathlib import PurePath

KIND = re.compile(r"^(?:Fatal Python error|Windows fatal exception): (.{1,80})", re.MULTILINE)
CRASHED = re.compile(r"^Current thread .*\n", re.MULTILINE)
FRAME = re.compile(r'^  File "(.{1,400})", line (\d+) in (.{1,100})$', re.MULTILINE)


def fatal_error(trace: str) -> str:
    """Return ``Segmentation fault in crash (labbot.py:12)``; empty where the text does not tell.

    Args:
        trace: as it was written, perhaps only in part.
    """
    kind = KIND.search(trace)
    if kind is None:
        return ""
    thread = CRASHED.search(trace)
    frame = FRAME.search(trace, thread.end() if thread else kind.end())
    name = kind[1].strip()
    if frame is None:
        return name
    file = PurePath(frame[1].replace("\\", "/")).name
    return f"{name} in {frame[3].strip()} ({file}:{frame[2]})"
