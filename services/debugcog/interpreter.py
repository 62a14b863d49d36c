"""End of the interpreter: whether it has begun, and a lock that nobody awaits in it.

Python ends its threads where they stand: what they hold is never released, and from then on a new
thread never begins (3.11) or cannot be started (3.12 and newer).
"""

from __future__ import annotations

import atexit
import sys
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")


def ending() -> bool:
    """Return whether the main thread has ended, so that no thread can be relied on any more."""
    return sys.is_finalizing() or not threading.main_thread().is_alive()


def at_exit(owner: T, work: Callable[[T], object]) -> Callable[[], None]:
    """Call ``work(owner)`` when the program ends normally, if the owner still exists then.

    It comes before ``logging.shutdown()``, so what it logs is written.

    Returns:
        What ``atexit.unregister`` takes.
    """
    reference = weakref.ref(owner)

    def call() -> None:
        found = reference()
        if found is not None:
            work(found)

    atexit.register(call)
    weakref.finalize(owner, atexit.unregister, call).atexit = False
    return call


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
        if not self._lock.acquire(blocking=not sys.is_finalizing()):
            # Its holder will never go on. A lock that is held by nobody takes its place.
            self._lock = threading.RLock()
            self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()
