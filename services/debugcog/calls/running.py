"""The call that runs in this task → spans and tokens of what runs inside of it.

Tasks and ``asyncio.to_thread`` copy the context, so what a call starts belongs to it until it ends.
Where no call runs, this costs one look at a context variable.
"""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from time import perf_counter

from services.debugcog.calls.call import ACKNOWLEDGEMENT, COMMAND, INTERACTION, ServiceSum, Span

SPANS_MAX = 60
"""Spans of a call that are kept one by one; all are added up."""
SERVICES_MAX = 20
MODELS_MAX = 20
TOKENS_MAX = 1e12
OTHER = "other"
OWN = frozenset((COMMAND, INTERACTION, ACKNOWLEDGEMENT))
"""Timers of calls themselves."""


class Running:
    """Takes spans from any task and thread of a call until it is finished.

    Args:
        start: ``time.perf_counter()`` at its start.

    Attributes:
        tokens: (model, number of the kind of tokens) → how many.
    """

    __slots__ = ("_lanes", "_spans", "_sums", "finished", "left_out", "start", "tokens")

    def __init__(self, start: float) -> None:
        self.start = start
        self.finished = False
        self.left_out = 0
        self.tokens: dict[tuple[str, int], int] = {}
        self._spans: list[tuple[str, str, float, float, bool, object]] = []
        self._sums: dict[str, list[float]] = {}
        self._lanes: list[object] = []

    def begin(self, start: float) -> None:
        """Note where it runs from now on; ``start`` is the time that spans are counted from."""
        self.start = start
        self._lanes = [_lane()]

    def span(self, service: str, detail: str, start: float, end: float, failed: bool) -> None:
        """Add what has just ended; times are of ``time.perf_counter()``."""
        if self.finished or service in OWN:
            return
        if service not in self._sums and len(self._sums) >= SERVICES_MAX:
            service = OTHER
        sums = self._sums.setdefault(service, [0, 0, 0.0, 0.0])
        ms = (end - start) * 1000.0
        sums[0] += 1
        sums[1] += failed
        sums[2] += ms
        sums[3] = max(sums[3], ms)
        if len(self._spans) < SPANS_MAX:
            self._spans.append((service, detail, start, ms, failed, _lane()))
        else:
            self.left_out += 1

    def add_tokens(self, model: str, which: int, amount: float) -> None:
        """Add tokens that a model was given or has answered with."""
        key = (model, which)
        if self.finished or not 0 < amount <= TOKENS_MAX:  # a mistake, or no number at all
            return
        if key in self.tokens or len(self.tokens) < MODELS_MAX:
            self.tokens[key] = self.tokens.get(key, 0) + int(amount)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was timed inside of it."""
        return not (self._sums or self.tokens)

    def finish(self) -> tuple[tuple[Span, ...], tuple[ServiceSum, ...]]:
        """Take no more, and return the spans and their sums."""
        self.finished = True
        lanes = {id(lane): number for number, lane in enumerate(self._lanes)}
        spans = []
        for service, detail, start, ms, failed, lane in self._spans:
            number = lanes.setdefault(id(lane), len(lanes))
            start_ms = (start - self.start) * 1000.0
            spans.append(Span(service, detail, start_ms, ms, failed, number))
        sums = tuple(
            ServiceSum(name, int(calls), int(failed), ms, slowest)
            for name, (calls, failed, ms, slowest) in self._sums.items()
        )
        self._spans, self._lanes = [], []  # they hold tasks
        return tuple(spans), sums


class Part:
    """One part of a call, timed by ``with``.

    Args:
        running: the call.
        name: of the service, and what of it.
    """

    __slots__ = ("_name", "_running", "_start")

    def __init__(self, running: Running, name: tuple[str, str]) -> None:
        self._running = running
        self._name = name

    def __enter__(self) -> None:
        self._start = perf_counter()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        failed = kind is not None and issubclass(kind, Exception)
        self._running.span(*self._name, self._start, perf_counter(), failed)


# A ContextVar has to live at the top of a module: one made elsewhere is never freed.
ACTIVE: ContextVar[Running | None] = ContextVar("debugcog_call", default=None)
"""The call that the running task belongs to."""


def _lane() -> object:
    """Return what tells the running task from others; the thread where there is none."""
    try:
        return asyncio.current_task() or threading.current_thread()
    except RuntimeError:  # no event loop runs in this thread
        return threading.current_thread()
