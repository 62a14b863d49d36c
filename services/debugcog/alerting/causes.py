"""Metrics and error groups around a breach → what is measured to be behind it."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Mapping
from typing import Protocol

from services.debugcog.errors.groups import count_between
from services.debugcog.errors.sentences import title
from services.debugcog.errors.tables import groups_between
from services.debugcog.frozen import frozen
from services.debugcog.timeseries.snapshot import EMPTY, Summary

PARTS = {
    "llm_generation": "LLM",
    "tts_generation": "TTS",
    "voice_transcription": "Transcription",
    "command": "Commands",
}
"""Timers of what a response may wait for, and what people call them."""
BASELINE = 3600.0
"""Seconds before the breach that a part is measured against."""
MIN_SAMPLES = 5
GROWN = 1.2
"""A part that takes less than this times its baseline explains nothing."""
SHARE = 0.5
"""Of the whole: a part without a baseline that takes less explains nothing."""
GROUPS_MAX = 3


class Metrics(Protocol):
    """What parts are measured with; ``MetricsService`` is one."""

    def summaries(
        self, names: Collection[str], window: float, *, percentiles: bool
    ) -> Mapping[str, Summary]:
        """Summarise the last ``window`` seconds of some metrics, with percentiles or without."""


@frozen
class SlowPart:
    """The part of a response that has become slowest.

    Attributes:
        name: as people call it.
        now: milliseconds on average now.
        before: milliseconds on average in the hour before the breach; None when it is not known.
    """

    name: str
    now: float
    before: float | None


@frozen
class RelatedError:
    """An error group that was seen while an incident was open.

    Attributes:
        group: its id.
        title: type and message.
        count: errors in that time.
    """

    group: str
    title: str
    count: int


def slowest_part(
    metrics: Metrics,
    window: float,
    breach: float,
    whole: float = 0.0,
    leave_out: Collection[str] = (),
) -> SlowPart | None:
    """Find the part that has grown most against its baseline; without one, the slowest.

    Args:
        metrics: of the bot.
        window: seconds that count as now.
        breach: seconds since the breach began.
        whole: milliseconds that a response takes.
        leave_out: metrics that are no part, but the whole.
    """
    names = [name for name in PARTS if name not in leave_out]
    now, since, longer = (
        metrics.summaries(names, seconds, percentiles=False)
        for seconds in (window, breach + window, breach + window + BASELINE)
    )
    measured = [name for name in names if now.get(name, EMPTY).count >= MIN_SAMPLES]
    parts = [
        SlowPart(PARTS[name], now[name].mean, _before(longer[name], since[name]))
        for name in measured
    ]
    grown = [part for part in parts if part.before is not None and part.now > GROWN * part.before]
    unknown = [part for part in parts if part.before is None and part.now >= SHARE * whole]
    if grown:
        return max(grown, key=lambda part: part.now - (part.before or 0.0))
    return max(unknown, key=lambda part: part.now, default=None)


def related_errors(
    connection: sqlite3.Connection, start: float, end: float | None, most: int = GROUPS_MAX
) -> tuple[RelatedError, ...]:
    """List the error groups that were seen between two times, those with the most errors first.

    Args:
        connection: of the state file.
        start: unix seconds.
        end: unix seconds; None for all since the start.
        most: groups at most.
    """
    end = math.inf if end is None else end
    found = (
        RelatedError(group.id, title(group), count_between(group, start, end))
        for group in groups_between(connection, start, end)
    )
    return tuple(sorted((one for one in found if one.count), key=lambda one: -one.count)[:most])


def _before(longer: Summary, since: Summary) -> float | None:
    """Return the average of the values that are in the longer window only."""
    count = longer.count - since.count
    return (longer.total - since.total) / count if count >= MIN_SAMPLES else None
