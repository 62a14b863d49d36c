"""Signals from any thread → calls of one function, on a thread of its own, in batches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

logger = logging.getLogger("debugcog.errors")

RETRY = 5.0
"""Seconds after which a call that failed is repeated."""


class Worker:
    """Calls ``work`` after a signal, or when it asked to be called.

    Signals go through ``SimpleQueue``, the one that may be used where the garbage collector or a
    signal handler interrupts its own use.

    Args:
        work: returns the seconds after which it wants to be called again, or None.
        pause: seconds from a signal to the call, in which more of them gather.
    """

    def __init__(self, work: Callable[[], float | None], pause: float) -> None:
        self.failures = 0
        self._work = work
        self._pause = pause
        self._signals: SimpleQueue[threading.Event] = SimpleQueue()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; a daemon, so that it never keeps the process alive."""
        self._thread = threading.Thread(target=self._run, name="debugcog-errors", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Ask for a call; never waits."""
        if self._signals.empty():
            self._signals.put(threading.Event())

    def flush(self, timeout: float) -> bool:
        """Wait until a call that begins now has ended; False when it takes too long."""
        done = threading.Event()
        self._signals.put(done)
        return self._thread is not None and done.wait(timeout)

    def stop(self, timeout: float) -> None:
        """Make a last call and end the thread."""
        if self._thread is not None:
            self._stop.set()
            self._signals.put(threading.Event())
            self._thread.join(timeout)
            self._thread = None

    def _run(self) -> None:
        wait = None
        while True:
            signals = self._wait(wait)
            stopping = self._stop.is_set()
            wait = self._call()
            for signal in signals:
                signal.set()
            if stopping:
                return

    def _wait(self, seconds: float | None) -> list[threading.Event]:
        try:
            signals = [self._signals.get(timeout=seconds)]
        except Empty:
            return []
        time.sleep(self._pause)
        while not self._signals.empty():
            signals.append(self._signals.get())
        return signals

    def _call(self) -> float | None:
        try:
            return self._work()
        except BaseException as error:  # noqa: BLE001 - the host's __str__ may raise any kind
            self.failures += 1
            logger.warning("Errors not stored yet: %s: %s", type(error).__name__, error)
            return RETRY
