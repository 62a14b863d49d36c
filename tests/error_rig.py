"""Real parts of error reporting, wired as a host has them: file, store, reporter, hooks."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from services.debugcog.errors import tables
from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.hooks import Hooks
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.errors.store import ErrorStore
from services.debugcog.errors.tables import recent_groups
from services.debugcog.outbox import posts as outbox
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.state.database import Database

T = TypeVar("T")
ROOT = Path(__file__).parent.parent


@dataclass
class Rig:
    """What a test of error reporting asks."""

    database: Database
    store: ErrorStore
    reporter: ErrorReporter
    breadcrumbs: Breadcrumbs
    hooks: Hooks
    counts: Counter[str] = field(default_factory=Counter)

    def groups(self, limit: int = 5_000) -> tuple[ErrorGroup, ...]:
        """Wait until all that was reported is stored, and list the groups, the latest first."""
        assert self.store.flush(30)
        return self.ask(lambda connection: recent_groups(connection, limit))

    def posts(self) -> list[dict[str, Any]]:
        """List what is in the outbox, oldest first, each row with its parsed body."""
        rows = self.ask(lambda c: c.execute("SELECT * FROM outbox ORDER BY id").fetchall())
        return [{**dict(row), "body": json.loads(row["body"])} for row in rows]

    def ask(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work on the database's thread."""
        return self.database.submit(work).result(30)


@contextmanager
def rig(
    path: Path,
    clock: Callable[[], float],
    *,
    mistakes: tuple[type[BaseException], ...] = (),
    release: str = "1.0",
    redact: Callable[[str], str] | None = None,
    pause: float = 0.02,
) -> Iterator[Rig]:
    """Build the parts on a file, start them, and stop them again; hooks are not installed."""
    database = Database(path, (outbox.SCHEMA, tables.SCHEMA))
    database.open()
    store = ErrorStore(database, redact or Redactor({}), release=release, clock=clock, pause=pause)
    breadcrumbs = Breadcrumbs()
    counts: Counter[str] = Counter()

    def increment(name: str) -> None:
        counts[name] += 1

    reporter = ErrorReporter(
        store.error_buffer, breadcrumbs, increment, mistakes=mistakes, root=ROOT, clock=clock
    )
    store.start()
    try:
        yield Rig(
            database,
            store,
            reporter,
            breadcrumbs,
            Hooks(reporter, breadcrumbs, store.flush),
            counts,
        )
    finally:
        store.stop()
        database.close()
