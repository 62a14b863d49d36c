"""A database in memory with the outbox's tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from services.debugcog.outbox.posts import SCHEMA


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.executescript(SCHEMA)
    yield connection
    connection.close()
