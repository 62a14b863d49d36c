"""Handlers of /debug logs and its controls: pages of the log, a download, a stream."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import field
from functools import partial
from typing import Any, Protocol, TypeVar

from cogs.debug.features.logs.actions import DownloadLogs, FollowLogs, ShowLogs
from cogs.debug.features.logs.follow import Follow
from cogs.debug.features.logs.queries import (
    LEVEL_NAMES,
    ErrorAt,
    ForgottenError,
    Queries,
    filter_of,
    position_of,
)
from cogs.debug.features.logs.reply import log_reply, refused, with_file
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply
from services.debugcog.answers.log_extract import LogExtract, log_extract
from services.debugcog.answers.log_page import LATEST, LogPage, Position, log_page
from services.debugcog.answers.logs import LogSource
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.sentences import place, title
from services.debugcog.frozen import frozen
from services.debugcog.levels import LogLevels, level_name
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LEVELS
from services.debugcog.logfile.moments import moment
from services.debugcog.logfile.search import RotatedError
from services.debugcog.patterns import late_pattern
from services.debugcog.units import duration
from services.debugcog.wording import clip

T = TypeVar("T")
EVENT_ID = r"E-[0-9A-Z]{1,12}"
EVENT = late_pattern(EVENT_ID, re.ASCII | re.IGNORECASE)
IDS = late_pattern(rf"{EVENT_ID}|[0-9a-f]{{8}}", re.ASCII | re.IGNORECASE)
"""What an id of an error, or of a group of them, looks like."""
HINT_MAX = 60
STREAMS_MAX = 20
"""Streams that are known; no more than half as many messages are live at a time."""
REFUSALS = (ValueError, ForgottenError, RotatedError, OSError)


class Errors(Protocol):
    """``ErrorStore``, as far as it is asked here."""

    async def groups(self, limit: int = 25) -> tuple[ErrorGroup, ...]:
        """List the groups that were seen last."""

    async def search(self, text: str, limit: int = 25) -> tuple[ErrorGroup, ...]:
        """List the groups with a text in their type, message or place."""

    async def find(self, text: str) -> ErrorGroup | None:
        """Find a group by its id, or by the id of one of its events."""


class Reading(Protocol):
    """A thread of its own for what reads the log."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Await work."""


@frozen(kw_only=True)
class LogHandlers:
    """What /debug logs and its controls do.

    Attributes:
        source: of the records, once logging is set up.
        read: runs what reads it.
        errors: whose times can be looked up.
        levels: gives the levels, once logging is set up.
        clock: unix seconds.
        queries: writes what is asked for into controls.
        streams: that go on, the one asked last at the end.
    """

    source: Callable[[], LogSource]
    read: Reading
    errors: Errors
    levels: Callable[[], LogLevels]
    clock: Callable[[], float] = time.time
    queries: Queries = field(default_factory=Queries)
    streams: dict[int, Follow] = field(default_factory=dict)

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ShowLogs, asked(self.turn)),
            Control(DownloadLogs, asked(self.download)),
            Control(FollowLogs, stream=self.follow_again),
        )

    async def show(self, level: str, logger: str, search: str, around: str) -> Reply:
        """Show what was typed."""
        try:
            wanted = filter_of(level, logger, search)
            position = await self._typed(around)
        except ValueError as error:
            return refused(error)
        return await self._shown(wanted, position)

    async def turn(self, action: ShowLogs) -> Reply:
        """Show what a control asks for."""
        try:
            wanted = self.queries.read(action.what, action.level)
        except REFUSALS as error:
            return refused(error)
        return await self._shown(wanted, position_of(action.where))

    async def download(self, action: DownloadLogs) -> Reply:
        """Show the same page again, with all its records in a file."""
        try:
            wanted = self.queries.read(action.what, action.level)
            position = await self._resolved(position_of(action.where))
            extract: LogExtract = await self.read(
                partial(log_extract, self.source(), wanted, position)
            )
        except REFUSALS as error:
            return refused(error)
        return with_file(await self._shown(wanted, position_of(action.where)), extract)

    async def follow(self, stream: int, level: str, logger: str, search: str) -> Reply:
        """Show the newest lines of a stream, which is known by the interaction that began it."""
        return await self._followed(stream, lambda: filter_of(level, logger, search))

    async def follow_again(self, action: FollowLogs, stream: int) -> Reply:
        """Show those of a stream that a control began."""
        return await self._followed(stream, lambda: self.queries.read(action.what, action.level))

    async def moments(self, typed: str) -> list[tuple[str, str]]:
        """Complete a time: recent errors, by what is in their type, message or place."""
        groups = await (self.errors.search(typed) if typed.strip() else self.errors.groups())
        now = self.clock()
        names = [
            (f"{duration(max(0.0, now - _when(one)))} ago · {title(one)} · {place(one)}", one.id)
            for one in groups
        ]
        return [(clip(name, 100), value) for name, value in names]

    async def loggers(self, typed: str) -> list[tuple[str, str]]:
        """Complete the name of a logger, with its level beside it."""
        return self.levels().choices(typed)

    def follow_action(self, name: str, level: int) -> FollowLogs:
        """Make the action that follows a logger's lines; of all loggers where it is empty."""
        wanted = LogFilter(logger=name)
        return FollowLogs(self.queries.written(wanted), _index(level))

    async def _shown(self, wanted: LogFilter, position: Position | ErrorAt) -> Reply:
        try:
            resolved = await self._resolved(position)
            page: LogPage = await self.read(partial(log_page, self.source(), wanted, resolved))
        except REFUSALS as error:
            return refused(error)
        in_force = level_name(self.levels().effective(wanted.logger or None))
        return log_reply(page, (wanted, position), self.queries, in_force)

    async def _typed(self, around: str) -> Position | ErrorAt:
        """Read a time, or the id of an error.

        Raises:
            ValueError: it is neither; the text says what is accepted.
        """
        text = around.strip()
        if not text:
            return LATEST
        if IDS.fullmatch(text) and await self.errors.find(text) is not None:
            return ErrorAt(text)
        if EVENT.fullmatch(text):
            raise UnknownError(text)
        return Position(kind="around", at=moment(text, self.clock()))

    async def _resolved(self, position: Position | ErrorAt) -> Position:
        """Find when an error was.

        Raises:
            ValueError: it is not known.
        """
        if isinstance(position, Position):
            return position
        group = await self.errors.find(position.id)
        if group is None:
            raise UnknownError(position.id)
        hint = group.message.partition("\n")[0][:HINT_MAX] or group.type.rpartition(".")[2]
        return Position(kind="around", at=_when(group), hint=hint)

    async def _followed(self, stream: int, wanted: Callable[[], LogFilter]) -> Reply:
        try:
            follow = self.streams.pop(stream, None)
            follow = follow or Follow(self.source().lines, wanted(), self.queries)
            self.streams[stream] = follow
            while len(self.streams) > STREAMS_MAX:
                del self.streams[next(iter(self.streams))]
            return await self.read(follow.reply)
        except REFUSALS as error:
            return refused(error)


class UnknownError(ValueError):
    """No error is known by an id."""

    def __init__(self, wanted: str) -> None:
        super().__init__(
            f"No error is known as {clip(wanted, 60)}. It may have been deleted by now; "
            "/debug errors lists what is kept."
        )


def _index(level: int) -> int:
    """Return the index of the lowest level whose lines a logger's level lets through."""
    return next((n for n, name in enumerate(LEVEL_NAMES) if name and LEVELS[name] >= level), 0)


def _when(group: ErrorGroup) -> float:
    """Return when the error was that is shown of a group, unix seconds."""
    return group.event.at if group.event else group.last_seen
