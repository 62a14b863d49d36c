"""Data classes of error reporting: Context, ErrorEvent, ErrorGroup, and their JSON form."""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import asdict, replace
from logging import LogRecord

from services.debugcog.frozen import frozen
from services.debugcog.state.records import record


@frozen
class Context:
    """Where in the bot something happens: the tags of an error.

    Attributes:
        source: "command", "autocomplete", "listener", "view", "modal", "task", "thread", "log", …
        command: qualified name of the command, or the name of the listener, view or task.
        guild: name of the server.
        message_id: the message that caused it, in that channel, where there was one.
    """

    source: str = ""
    command: str = ""
    cog: str = ""
    shard: int | None = None
    guild_id: int | None = None
    user_id: int | None = None
    logger: str = ""
    guild: str = ""
    channel_id: int | None = None
    message_id: int | None = None


# A ContextVar has to live at the top of a module: one made elsewhere is never freed.
CURRENT: ContextVar[Context | None] = ContextVar("debugcog_error_context", default=None)
"""What the running task is busy with; set where a command or a view starts."""


def current(record: LogRecord | None) -> Context:
    """Return what the running task is busy with, and what logs it, if a log call tells of it."""
    context = CURRENT.get()
    if record is None:
        return context or Context()
    if context is None:
        return Context(source="log", logger=record.name)
    return replace(context, logger=record.name)


@frozen
class ErrorEvent:
    """One error in full detail; every text in it is redacted.

    Attributes:
        id: short and random, for people: ``E-7K3Q9D``.
        at: unix seconds.
        type: ``module.QualName`` of the exception, or level and logger of a log record.
        where: in-app frame first: ``services/tts.py:45 in generate``.
        traceback: as Python prints it, without carets; empty for a log record without one.
        breadcrumbs: the last log lines of the same task, oldest first, then what was logged at
            ERROR while the error was handled.
    """

    id: str
    at: float
    type: str
    message: str
    traceback: str
    where: str
    fingerprint: str
    context: Context
    release: str
    breadcrumbs: tuple[str, ...]


@frozen
class Disposition:
    """What was decided of a group before somebody muted or resolved it: what an undo restores."""

    state: str
    since: float
    muted_until: float | None
    resolved_in: str | None
    changed_by: str


@frozen
class ErrorGroup:
    """All errors with one fingerprint, and what was posted about them.

    Attributes:
        type: of the exception, or level and logger of a log record.
        where: in-app frame first.
        count: exact, also when the detail of most of them was not captured.
        first_seen: unix seconds.
        last_seen: unix seconds.
        state: "new", "ongoing", "resolved", "regressed" or "muted".
        since: unix seconds at which the state began.
        muted_until: unix seconds; None when not muted.
        resolved_in: the release whose errors still count as resolved; None for all at once.
        hours: (hour since 1970, errors in it), oldest first, of the last day.
        minutes: (minute since 1970, errors in it), oldest first, of the last hour of such minutes.
        hot_hour: the last hour in which it was escalating.
        posted: unix seconds of its card; 0.0 when it has none.
        edited: unix seconds of the last post or edit of the card.
        reported_count: the count on the card.
        event: the last one that was captured in full, if any.
        changed_by: who has muted or resolved it; empty when nobody did.
        noted: unix seconds of the last message about it in its forum post; 0.0 without a forum.
        noted_count: the count that this message told.
        before: what an undo of that restores; None when there is nothing to undo.
    """

    fingerprint: str
    type: str
    where: str
    first_seen: float
    last_seen: float
    count: int = 0
    state: str = "new"
    since: float = 0.0
    muted_until: float | None = None
    resolved_in: str | None = None
    hours: tuple[tuple[int, int], ...] = ()
    hot_hour: int = 0
    posted: float = 0.0
    edited: float = 0.0
    reported_count: int = 0
    event: ErrorEvent | None = None
    changed_by: str = ""
    before: Disposition | None = None
    noted: float = 0.0
    noted_count: int = 0
    minutes: tuple[tuple[int, int], ...] = ()

    @property
    def id(self) -> str:
        """Return the short id for people: the first 8 hex digits of the fingerprint."""
        return self.fingerprint[:8]

    @property
    def message(self) -> str:
        """Return the message of the last event that was captured."""
        return self.event.message if self.event else ""


def to_json(record: ErrorEvent | ErrorGroup) -> str:
    """Write a record as JSON."""
    return json.dumps(asdict(record))


def group_from(values: object) -> ErrorGroup:
    """Read a group from parsed JSON.

    Raises:
        DamagedRecordError: it is something else.
    """
    return record(ErrorGroup, values)
