"""Running threads → the seconds that each has computed."""

from __future__ import annotations

import contextlib
import sys
import threading
import time

SCHED, PER_THREAD = 2, 4
"""Parts of the number of a thread's clock, in Linux's ``include/linux/posix-timers.h``."""


def thread_times() -> dict[int, float]:
    """Read the clock of each thread that ``threading`` knows (1 µs each).

    ``time.pthread_getcpuclockid`` may crash the process when a thread has just ended. The kernel,
    asked by the number of the thread, says that there is none.

    Returns:
        Seconds by ``Thread.ident``; empty where the system has no such clocks.
    """
    times: dict[int, float] = {}
    if sys.platform == "linux":
        for thread in threading.enumerate():
            if thread.ident is not None and thread.native_id is not None:
                with contextlib.suppress(OSError):
                    clock = ~thread.native_id << 3 | PER_THREAD | SCHED
                    times[thread.ident] = time.clock_gettime(clock)
    return times
