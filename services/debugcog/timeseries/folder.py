"""A service that folds → folded at an interval by a thread, until nobody holds the service."""

from __future__ import annotations

import logging
import threading
import weakref
from typing import Protocol

log = logging.getLogger("debugcog.metrics")


class Folding(Protocol):
    """What the thread calls."""

    def fold(self) -> None:
        """Fold what is pending."""


class Folder:
    """A daemon thread that ends by ``stop()``, or when the service is garbage collected.

    Args:
        service: held weakly.
        interval: seconds between two folds.
    """

    def __init__(self, service: Folding, interval: float) -> None:
        self._service = weakref.ref(service)
        self._interval = interval
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        weakref.finalize(service, self._stopping.set).atexit = False

    def start(self) -> None:
        """Start the thread unless it runs; in a forked process it has to be started again."""
        if self._thread is not None and self._thread.is_alive():
            return
        if self._starting.acquire(blocking=False):  # else another thread starts it just now
            try:
                self._start()
            finally:
                self._starting.release()

    def stop(self) -> None:
        """End the thread for good, and wait for it unless it is the caller."""
        self._stopping.set()
        with self._starting:
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _start(self) -> None:
        if self._stopping.is_set():
            return
        self._thread = threading.Thread(
            target=_run,
            args=(self._service, self._stopping, self._interval),
            name="debugcog-metrics",
            daemon=True,
        )
        self._thread.start()


def _run(
    reference: weakref.ReferenceType[Folding], stopping: threading.Event, interval: float
) -> None:
    while not stopping.wait(interval):
        service = reference()
        if service is None:
            return
        try:
            service.fold()
        except Exception:
            log.exception("Folding failed: the next round tries again")
        del service  # so that the wait does not keep it alive
