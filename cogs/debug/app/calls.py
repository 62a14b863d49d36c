"""What follows the host's calls and keeps them, built together."""

from __future__ import annotations

from cogs.debug.capture.call_records import CallRecords
from cogs.debug.capture.calls import Calls
from services.debugcog.activity.days import DayCounter
from services.debugcog.calls.book import CallBook
from services.debugcog.calls.loop_delays import LoopDelays
from services.debugcog.frozen import frozen
from services.debugcog.metrics import MetricsService


@frozen(kw_only=True)
class CallParts:
    """The parts.

    Attributes:
        book: has the calls that have ended.
        delays: of the event loop; the sampler of its lag tells them.
        calls: follows those that go on; ``settle`` is to be called every few seconds.
    """

    book: CallBook
    delays: LoopDelays
    calls: Calls


def calls_of(metrics: MetricsService, days: DayCounter | None) -> CallParts:
    """Build the parts.

    Args:
        metrics: gets the times of calls.
        days: gets their sums; None where nothing is counted.
    """
    book, delays = CallBook(), LoopDelays()
    records = CallRecords(metrics.timer, book, days)
    return CallParts(book=book, delays=delays, calls=Calls(records, delays))
