"""End of the interpreter: whether it has begun, and a lock that nobody awaits in it.

Python ends its threads where they stand: what they hold is never released, and from then on a new
thread never begins (3.11) or cannot be started (3.12 and newer).
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType


def ending() -> bool:
    """Return whether the main thread has ended, so that no thread can be relied on any more."""
    return sys.is_finalizing() or not threading.main_thread().is_alive()


class Mutex:
    """A lock for a few microseconds; while the interpreter ends, when one thread is left, none.

    Args:
        reentrant: the thread that holds it may take it again.
    """

    def __init__(self, *, reentrant: bool = False) -> None:
        self._lock = threading.RLock() if reentrant else threading.Lock()

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take the lock; return whether ``release`` is to be called."""
        return self._lock.acquire(blocking=blocking and not sys.is_finalizing())

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def __enter__(self) -> None:
        if not self.acquire():
            # Its holder will never go on. A lock that is held by nobody takes its place.
            self._lock = threading.RLock()
            self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
