"""Gauge functions of the host → their values, sampled at an interval on a separate thread.

Not on the event loop: a function that blocks would stop the bot, and here it only keeps the other
gauges waiting. Not on the folding thread either: that one must not be kept from its work.
"""

from __future__ import annotations

import inspect
import time
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, cast

from services.debugcog.faults import Fault, Faults
from services.debugcog.guard import is_hosts, own_logger
from services.debugcog.periodic import PeriodicThread
from services.debugcog.timeseries import numeric

log = own_logger("debugcog.metrics")

CLOSING = 1.0
"""Seconds that ``stop`` waits for a function that is being called; the thread is a daemon."""

HANGS = 10.0
"""Seconds after which a gauge that has not returned is listed."""

Read = Callable[[], float]
Record = Callable[[str, float], None]


class Gauges:
    """Samples functions on a thread that ends with ``stop()``, or with ``record``'s owner.

    What a function may do there: read what is safe to read from a thread, such as sizes, counters
    and attributes. It may not call asyncio. One that blocks keeps other gauges waiting, no more.

    Args:
        record: a bound method, whose owner is held weakly.
        interval: seconds between two samples; the cog makes it ``METRICS_COLLECTION_INTERVAL``.

    """

    def __init__(self, record: Record, interval: float = 60.0) -> None:
        self._faults = Faults("Gauge not readable: %s", log)
        self._thread = thread = PeriodicThread("debugcog-gauges", self._sample_all, interval)
        self._record = weakref.WeakMethod(record, lambda _: thread.stop(0.0))
        self._reads: dict[str, Read] = {}
        self._reading = "", 0.0

    @property
    def failed(self) -> int:
        """Count the calls that raised or gave no number, since start."""
        return self._faults.count

    @property
    def faults(self) -> tuple[Fault, ...]:
        """List the gauges that raise or give no number, and what; and one that hangs."""
        name, since = self._reading
        if not name or time.time() - since < HANGS:
            return self._faults.current
        late = Fault(name, since, 1, "", "it does not return, and the other gauges wait for it")
        return (late, *self._faults.current)

    def add(self, name: str, read: Any) -> Callable[[], None]:
        """Sample a function from now on, instead of one of the same name; return its removal.

        Raises:
            ValueError: it is no plain function.
        """
        if not callable(read) or inspect.iscoroutinefunction(read):
            raise ValueError(f"gauge {name} is no plain function: give one that returns a number")
        self._reads[name] = read
        self._faults.forget(name)
        self._thread.start()
        self._thread.wake()

        def remove() -> None:
            if self._reads.get(name) is read:
                del self._reads[name]
                self._faults.forget(name)

        return remove

    def every(self, interval: float) -> None:
        """Change the interval, from now on."""
        self._thread.interval = interval
        self._thread.wake()

    def stop(self) -> None:
        """End the thread for good; one that hangs in a host's function is left behind."""
        self._reads.clear()
        self._thread.stop(CLOSING)

    def _sample_all(self) -> None:
        for name, read in tuple(self._reads.items()):
            self._sample(name, read)

    def _sample(self, name: str, read: Read) -> None:
        record = self._record()
        if record is None:
            return
        try:
            self._reading = name, time.time()
            with self._thread.host_call:
                value = _number(read())
            record(name, value)
        except BaseException as error:
            if not is_hosts(error):
                raise
            self._faults.failed(name, error)
        else:
            self._faults.works(name)
        finally:
            self._reading = "", 0.0


def _number(value: object) -> float:
    """Return what a gauge has read as a number of Python's own.

    Raises:
        TypeError: it is none; a coroutine is closed, which nobody will await.
    """
    if issubclass(type(value), Coroutine):
        cast("Coroutine[Any, Any, Any]", value).close()
    try:
        return numeric.as_number(value)
    except TypeError:
        raise TypeError(f"it returned a {type(value).__name__}: give a number") from None
