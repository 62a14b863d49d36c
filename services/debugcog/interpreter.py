"""End of the interpreter: whether it has begun, and a lock that nobody awaits in it.

Python ends its threads where they stand: what they hold is never released, and from then on a new
thread never begins (3.11) or cannot be started (3.12 and newer).
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

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


def in_child(owner: T, work: Callable[[T], object]) -> None:
    """Call ``work(owner)`` in each forked child; there every ``Mutex`` is free by then."""
    _owners[owner] = work


class Mutex:
    """A lock for a few microseconds; while the interpreter ends, when one thread is left, none.

    A forked child has the thread alone that forked, so there nobody holds it.

    Args:
        reentrant: the thread that holds it may take it again.
    """

    def __init__(self, *, reentrant: bool = False) -> None:
        self._is_reentrant = reentrant
        self.renew()
        _mutexes.add(self)

    def renew(self) -> None:
        """Free it, whoever holds it."""
        self._lock = threading.RLock() if self._is_reentrant else threading.Lock()

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


# Of the process, as a fork is.
_mutexes: weakref.WeakSet[Mutex] = weakref.WeakSet()
_owners: weakref.WeakKeyDictionary[Any, Callable[[Any], object]] = weakref.WeakKeyDictionary()


def _begin_child() -> None:
    for mutex in tuple(_mutexes):
        mutex.renew()
    for owner, work in tuple(_owners.items()):
        work(owner)


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_begin_child)
