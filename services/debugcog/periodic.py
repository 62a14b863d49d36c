"""Thread that calls a function at an interval or when woken, and survives its exceptions."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue

from services.debugcog.exceptions import loggable
from services.debugcog.guard import HostCall, attempt, own_logger
from services.debugcog.interpreter import ending

log = own_logger("debugcog.periodic")

Body = Callable[[], float | None]


class PeriodicThread:
    """A daemon thread that calls ``body`` until it is stopped; ``Ticker`` is its like in a loop.

    Signals go through ``SimpleQueue``, the one that may be used where the garbage collector or a
    signal handler interrupts its own use.

    Args:
        name: of the thread, ``debugcog-…``.
        body: may return the seconds after which it wants to be called again.
        interval: seconds between two calls otherwise; None waits for ``wake()``. Can be changed.
        weak: hold the owner of ``body``, a bound method, weakly, and end when it is collected.
        gather: seconds from a signal to the call, in which more of them gather; ``flush()`` and
            ``stop()`` end them.
        spacing: seconds from a call to the next one after a signal, at the least; ``flush()`` and
            ``stop()`` do not wait for them either.
        retry: seconds after which a call that failed is repeated; None waits as always.

    Attributes:
        failures: calls that raised, since start.
        host_call: to be entered by ``body`` while it calls code of the host.
    """

    def __init__(
        self,
        name: str,
        body: Body,
        interval: float | None,
        *,
        weak: bool = False,
        gather: float = 0.0,
        spacing: float = 0.0,
        retry: float | None = None,
    ) -> None:
        self.failures = 0
        self.interval = interval
        self.host_call = HostCall()
        self._name = name
        self._gather = gather
        self._spacing = spacing
        self._called_at = -spacing
        self._is_gathering = False
        self._retry = retry
        self._signals = signals = SimpleQueue[threading.Event | None]()
        self._body: Callable[[], Body | None] = (
            weakref.WeakMethod(body, lambda _: signals.put(None)) if weak else lambda: body
        )
        self._stopping = False
        self._starting = threading.Lock()
        self._process = os.getpid()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Tell whether the thread runs; a forked child has none until it starts one."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the thread, unless it runs, was stopped, or the interpreter is ending."""
        if self.alive or self._stopping or ending():
            return
        if self._process != os.getpid():  # a fork may have copied a lock that nobody will release
            self._process, self._starting = os.getpid(), threading.Lock()
        if self._starting.acquire(blocking=False):  # else another thread starts it just now
            try:
                self._start()
            finally:
                self._starting.release()

    def wake(self) -> None:
        """Ask for a call; never waits."""
        if self._signals.empty() and not self._is_gathering:  # else the next call is yet to begin
            self._signals.put(None)

    def flush(self, timeout: float) -> bool:
        """Wait until a call that begins now has ended; False when it takes too long (seconds).

        It does not wait for code of the host that hangs, nor while the interpreter ends.
        """
        done = threading.Event()
        self._signals.put(done)
        return self.alive and self.host_call.wait(done.wait, timeout)

    def stop(self, timeout: float = 5.0) -> None:
        """Make a last call and end the thread for good; as a daemon it is left behind if it hangs.

        Args:
            timeout: seconds to wait for that, unless the caller is the thread itself.
        """
        self._stopping = True
        self._signals.put(None)
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            self.host_call.wait(partial(_has_ended, thread), timeout)

    def _start(self) -> None:
        if self.alive or self._stopping:
            return
        if self._is_gathering:  # a fork has copied that the parent's thread does
            self._is_gathering = False
            self._signals.put(None)
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # there are too many, or Python ends (from 3.12 on)
            self.failures += 1
            log.warning("Thread not started: %s, %s", self._name, error)
        else:
            self._thread = thread

    def _run(self) -> None:
        wait = self.interval
        while True:
            signals = self._wait(wait)
            body = self._body()
            if body is None:
                return
            stopping = self._stopping
            wait = self._call(body)
            del body  # so that the wait does not keep its owner alive
            for signal in signals:
                signal.set()
            if stopping:
                return

    def _wait(self, seconds: float | None) -> list[threading.Event]:
        """Wait for a signal or for the time; return who waits for the call that comes now."""
        signals: list[threading.Event | None] = []
        with contextlib.suppress(Empty):
            wait = None if seconds is None else min(seconds, threading.TIMEOUT_MAX)
            signals.append(self._signals.get(timeout=wait))
            self._is_gathering = True
            now = time.monotonic()
            end = max(now + self._gather, self._called_at + self._spacing)
            while signals[-1] is None and now < end and not self._stopping:
                signals.append(self._signals.get(timeout=end - now))
                now = time.monotonic()
        self._is_gathering = False
        with contextlib.suppress(Empty):
            while True:
                signals.append(self._signals.get_nowait())
        self._called_at = time.monotonic()
        return [signal for signal in signals if signal is not None]

    def _call(self, body: Body) -> float | None:
        try:
            wait = body()
        except BaseException as error:  # noqa: BLE001 - code of the host's may raise any kind
            self.failures += 1
            self._tell(error)
            wait = self._retry
        return self.interval if wait is None else wait

    def _tell(self, error: BaseException) -> None:
        line, shown = "Call failed: %s, failure %d", loggable(error)
        attempt(lambda: log.error(line, self._name, self.failures, exc_info=shown), None)


def _has_ended(thread: threading.Thread, seconds: float) -> bool:
    thread.join(seconds)
    return not thread.is_alive()
