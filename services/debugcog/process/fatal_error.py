"""Text that ``faulthandler`` wrote at a crash → what happened and where, in a few words."""

from __future__ import annotations

import re
from pathlib import PurePath

from services.debugcog.patterns import late_pattern

KIND = late_pattern(r"^(?:Fatal Python error|Windows fatal exception): (.{1,80})", re.MULTILINE)
CRASHED = late_pattern(r"^Current thread .*\n", re.MULTILINE)
THREAD = late_pattern(r'^  File ".{1,400}", line \d+ in _bootstrap$', re.MULTILINE)
"""The outermost call of a thread that Python has started, which the main one has not."""
FRAME = late_pattern(r'^  File "(.{1,400})", line (\d+) in (.{1,100})$', re.MULTILINE)


def fatal_error(trace: str) -> str:
    """Return ``Segmentation fault in crash (labbot.py:12)``; empty where the text does not tell.

    Of another thread than the main one, ``, in a thread that runs work`` follows.

    Args:
        trace: as it was written, perhaps only in part.
    """
    kind = KIND.search(trace)
    if kind is None:
        return ""
    thread = CRASHED.search(trace)
    stack = trace[thread.end() if thread else kind.end() :].lstrip("\n").partition("\n\n")[0]
    frame = FRAME.search(stack)
    name = kind[1].strip()
    if frame is None:
        return name
    file = PurePath(frame[1].replace("\\", "/")).name
    return f"{name} in {frame[3].strip()} ({file}:{frame[2]}){_thread(stack)}"


def _thread(stack: str) -> str:
    """Name what the thread runs: the outermost call that is not one of ``threading``."""
    if not THREAD.search(stack):
        return ""
    calls = [call[3] for call in FRAME.finditer(stack) if not call[1].endswith("threading.py")]
    return f", in a thread that runs {calls[-1]}" if calls else ", not in the main thread"
