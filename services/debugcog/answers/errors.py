"""Error groups of the state file → ErrorsAnswer; an ErrorGroup → ErrorLine."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from services.debugcog.answers.figure import Figure
from services.debugcog.answers.reads import read
from services.debugcog.answers.sources import Sources
from services.debugcog.errors.groups import rate
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.sentences import STATES, place, title
from services.debugcog.errors.tables import recent_groups
from services.debugcog.frozen import frozen

SHOWN = 25
WHAT = "Error groups"


@frozen
class ErrorLine:
    """An error group as a list shows it; its texts are redacted as they are stored.

    Attributes:
        id: for ``/debug errors``.
        title: type and message.
        place: file and line; empty where it is not known.
        count: of all errors.
        hourly: errors an hour, of late.
        first_seen: unix seconds.
        last_seen: unix seconds.
        state: in words.
        mark: of the state.
    """

    id: str
    title: str
    place: str
    count: Figure
    hourly: Figure
    first_seen: float
    last_seen: float
    state: str
    mark: str


@frozen
class ErrorsAnswer:
    """Which errors there were.

    Attributes:
        errors: the groups that were seen last, the latest first.
        trouble: says what is missing and why; None when all is well.
    """

    errors: tuple[ErrorLine, ...]
    trouble: str | None


async def errors(sources: Sources) -> ErrorsAnswer:
    """Answer from the state file."""
    found = await read(sources.query, WHAT, partial(recent_groups, limit=SHOWN))
    return ErrorsAnswer(error_lines(found.value or (), sources.clock()), found.trouble)


def error_lines(groups: Iterable[ErrorGroup], now: float) -> tuple[ErrorLine, ...]:
    """Show groups at a time (unix seconds)."""
    return tuple(error_line(group, now) for group in groups)


def error_line(group: ErrorGroup, now: float) -> ErrorLine:
    """Show a group at a time (unix seconds)."""
    mark, state = STATES[group.state]
    return ErrorLine(
        id=group.id,
        title=title(group),
        place=place(group),
        count=Figure(group.count),
        hourly=Figure(round(rate(group, now))),
        first_seen=group.first_seen,
        last_seen=group.last_seen,
        state=state,
        mark=mark,
    )
