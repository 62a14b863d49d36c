"""Sources: what answers are made of, all of it to be read from any thread."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from services.debugcog.frozen import frozen

if TYPE_CHECKING:
    import sqlite3

    from services.debugcog.answers.models import ModelsAnswer
    from services.debugcog.calls.book import CallBook
    from services.debugcog.gateway.vitals import GatewayVitals
    from services.debugcog.metrics import MetricsService
    from services.debugcog.outbox.records import Condition
    from services.debugcog.process.own_cost import OwnCost
    from services.debugcog.process.samplers import ProcessSampler
    from services.debugcog.stalls.stall import Stall, StallSummary
    from services.debugcog.windows import Window

T = TypeVar("T")


if TYPE_CHECKING:

    class Activity(Protocol):
        """What people do with the bot; times are unix seconds."""

        def active_users(self, start: float, end: float) -> int:
            """Count the users who used the bot from ``start`` to ``end``."""

        def messages(self, start: float, end: float) -> int:
            """Count the messages and interactions from ``start`` to ``end``."""

    class LoopWatch(Protocol):
        """``StallWatch``: what is known of the event loop, from any thread."""

        def stalls(self, window: float) -> tuple[Stall, ...]:
            """List the stalls of the last ``window`` seconds, the newest last."""

        @property
        def sees_c_code(self) -> bool:
            """Tell whether code is named that holds the interpreter's lock without a break."""

        @property
        def busy(self) -> float | None:
            """Return the percentage of the last minute in which the loop's thread computed."""

    class Query(Protocol):
        """``Database.query``: reads the state file on its own thread."""

        def __call__(self, work: Callable[[sqlite3.Connection], T], /) -> Awaitable[T]:
            """Await work that only reads, on whichever event loop runs."""

    class OffLoop(Protocol):
        """``Runtime.off_loop``: a thread for what may block."""

        def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
            """Await work, on whichever event loop runs."""


@frozen(kw_only=True)
class Sources:
    """Where the figures come from.

    Attributes:
        metrics: the numbers.
        process: tells of the run and of the process.
        stalls: sums up the stalls of the event loop in the last so many seconds.
        stalled: tells of the stall that is going on now; None while the loop runs.
        query: reads the state file.
        off_loop: runs what may block.
        loop: what is known of the event loop; None where nobody watches it.
        activity: what people do with the bot; None where nobody counts it.
        models: makes the tables of models and of their cost; None where nobody does.
        calls: has the last and the slowest calls; None where nobody follows them.
        vitals: knows Discord's limits; None where nobody does.
        delivery: tells how posts to the alert channel are doing; None without a channel.
        cost: adds up what the cog takes, in some ms; None where nobody does.
        release: the host's version; empty where it is not told.
        enabled: whether metrics are collected.
        time_scale: ``ALERT_TIME_SCALE``, for verdicts that take their time.
        clock: unix seconds.
        monotonic: seconds of the clock that ``Published.heartbeat`` is of.
    """

    metrics: MetricsService
    process: ProcessSampler
    stalls: Callable[[float], StallSummary]
    stalled: Callable[[], Stall | None]
    query: Query
    off_loop: OffLoop
    loop: LoopWatch | None = None
    activity: Activity | None = None
    models: Callable[[Window], ModelsAnswer] | None = None
    calls: CallBook | None = None
    vitals: GatewayVitals | None = None
    delivery: Callable[[], Awaitable[Condition]] | None = None
    cost: Callable[[], OwnCost] | None = None
    release: str = ""
    enabled: bool = True
    time_scale: float = 1.0
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
