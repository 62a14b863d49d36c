"""Buffered errors → redacted events in groups, committed together with their posts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from services.debugcog.errors import groups as errors_groups
from services.debugcog.errors import posts as error_posts
from services.debugcog.errors import ranking
from services.debugcog.errors import tables as error_tables
from services.debugcog.errors.details import Details
from services.debugcog.errors.error_buffer import SAMPLES_MAX, Batch, ErrorBuffer
from services.debugcog.errors.worker import Worker
from services.debugcog.guard import attempt
from services.debugcog.state import savepoint, state_file
from services.debugcog.state.database import Database

if TYPE_CHECKING:
    import sqlite3

    from services.debugcog.errors.ranking import Ranked
    from services.debugcog.errors.records import ErrorEvent, ErrorGroup

LINES_WAITING_MAX = 1_000
"""Log lines that wait for the state file at a time."""
PAUSE = 0.2
"""Seconds from an error to its batch; the next one comes after ``worker.SPACING`` as many."""
TIMEOUT = 5.0
CLOSING = 1.2
"""Seconds for the last batch: of a text that hangs, the bot's close is no part."""


class ErrorStore:
    """Stores errors in the state file, in groups, on a thread of its own.

    Args:
        database: opened before ``start``, with the ``SCHEMA`` of ``tables``.
        redact: removes secrets from a text.
        release: the host's version.
        on_post: called when there may be something to send, from any thread.
        clock: unix seconds.
        pause: seconds for which errors are collected into one batch.
        forum: error groups are posted in a forum.
    """

    def __init__(
        self,
        database: Database,
        redact: Callable[[str], str],
        *,
        release: str = "",
        on_post: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
        pause: float = PAUSE,
        forum: bool = False,
    ) -> None:
        self._database = database
        self._details = Details(redact, release)
        self._release = release
        self._forum = forum
        self._on_post = on_post
        self._clock = clock
        self._events: deque[ErrorEvent] = deque(maxlen=SAMPLES_MAX)
        self._lines: deque[tuple[str, str]] = deque(maxlen=LINES_WAITING_MAX)
        self._worker = Worker(self._work, pause)
        self.error_buffer = ErrorBuffer(self._worker.wake)

    @property
    def failures(self) -> int:
        """Count the batches that had to wait for the next call."""
        return self._worker.failures

    def start(self) -> None:
        """Start to store what was reported, also before."""
        self._worker.start()
        self._worker.wake()

    def stop(self) -> None:
        """Store what is left, then end; call it before the database is closed."""
        self._worker.stop(CLOSING)

    def flush(self, timeout: float = TIMEOUT) -> bool:
        """Wait until what was reported is stored; False after ``timeout`` seconds."""
        return self._worker.flush(timeout)

    async def ranked(
        self, page: int, size: int, states: Collection[str] = (), text: str = ""
    ) -> Ranked:
        """Show a page of the groups in some states that have a text, the worst of all first."""
        work = partial(
            ranking.ranked, now=self._clock(), page=page, size=size, states=states, text=text
        )
        return await self._database.query(work)

    async def groups(self, limit: int = 25, states: Collection[str] = ()) -> tuple[ErrorGroup, ...]:
        """List the groups that were seen last, all or those in some states."""
        work = partial(error_tables.recent_groups, limit=limit, states=states)
        return await self._database.query(work)

    async def search(self, text: str, limit: int = 25) -> tuple[ErrorGroup, ...]:
        """List the groups with a text in their type, message or place, the latest first."""
        return await self._database.query(partial(error_tables.search, text=text, limit=limit))

    async def find(self, text: str) -> ErrorGroup | None:
        """Find a group by its id, or by the id of one of its events, which comes with it."""
        return await self._database.query(partial(error_tables.find_group, text=text))

    async def mute(self, group_id: str, until: float, by: str = "") -> ErrorGroup | None:
        """Post nothing of a group until a time (unix seconds); it is still counted."""
        return await self._change(
            group_id, by, partial(errors_groups.muted, now=self._clock(), until=until, by=by)
        )

    async def resolve(
        self, group_id: str, *, next_release: bool = False, by: str = ""
    ) -> ErrorGroup | None:
        """Mark a group as resolved, until its next error, or until one in another release."""
        release = self._release if next_release else None
        change = partial(errors_groups.resolved, now=self._clock(), release=release, by=by)
        return await self._change(group_id, by, change)

    async def undo(self, group_id: str, at_ms: int, by: str = "") -> ErrorGroup | None:
        """Undo that a group was muted or resolved at some unix milliseconds, if it still is."""
        return await self._change(group_id, by, partial(errors_groups.undone, at_ms=at_ms))

    async def reopen(self, group_id: str, by: str = "") -> ErrorGroup | None:
        """Reopen a muted or resolved group."""
        return await self._change(group_id, by, partial(errors_groups.reopened, now=self._clock()))

    async def _change(
        self, group_id: str, by: str, change: Callable[[ErrorGroup], ErrorGroup]
    ) -> ErrorGroup | None:
        group = await self._database.run(partial(self._changed, group_id, by, change))
        self._on_post()
        return group

    def _changed(
        self,
        group_id: str,
        by: str,
        change: Callable[[ErrorGroup], ErrorGroup],
        connection: sqlite3.Connection,
    ) -> ErrorGroup | None:
        found = error_tables.find_group(connection, group_id)
        group = error_tables.load_group(connection, found.fingerprint) if found else None
        if group is not None:
            before, group, now = group, change(group), self._clock()
            error_posts.update_card(connection, group, group.state, now)
            if self._forum:
                error_posts.note_action(connection, before, group, by, now)
        return group

    def _work(self) -> float | None:
        batch = self.error_buffer.take()
        tallies = Batch(batch.tallies)
        try:
            self._write_down(batch)
            due = self._database.submit(partial(self._record, tallies)).result()
        except BaseException as error:
            self.error_buffer.give_back(tallies)
            if not isinstance(error, state_file.SQLITE):  # not the disk's fault: a detail's
                self._forget()
            raise
        self._forget()
        self._on_post()
        return None if due is None else max(0.0, due - self._clock())

    def _write_down(self, batch: Batch) -> None:
        """Make plain texts of what was taken; what cannot be read costs itself alone."""
        for tally in batch.tallies.values():
            tally.identity = self._details.identity(tally.identity)
        for sample in batch.samples:
            event = attempt(partial(self._details.event, sample), None)
            self._events.extend([event] if event else ())
        for found, lines in batch.lines.items():
            self._lines.extend((found, text) for text in self._details.lines(lines))

    def _forget(self) -> None:
        self._events.clear()
        self._lines.clear()

    def _record(self, batch: Batch, connection: sqlite3.Connection) -> float | None:
        tallies, now = batch.tallies.values(), self._clock()
        due = error_posts.record(
            connection, tallies, self._events, self._release, now, forum=self._forum
        )
        for found, line in self._lines:
            savepoint.apart(connection, partial(error_tables.add_line, connection, found, line))
        return due
