"""Query of the state file → its result, or nothing and why, after a bounded wait."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from services.debugcog.frozen import frozen

if TYPE_CHECKING:
    from services.debugcog.answers.sources import Query

T = TypeVar("T")

WAIT_SECONDS = 2.0
"""An answer waits so long for the state file; then it is given without."""


@frozen
class Read(Generic[T]):
    """What was read.

    Attributes:
        value: None where nothing could be read.
        trouble: says what is missing and why; None when all is well.
    """

    value: T | None
    trouble: str | None = None


async def read(query: Query, what: str, work: Callable[[sqlite3.Connection], T]) -> Read[T]:
    """Read from the state file.

    Args:
        query: ``Database.query``.
        what: is missing where it fails: ``Error groups``.
        work: reads.
    """
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            return Read(await query(work))
    except TimeoutError:
        return Read(None, f"{what} are missing: the state file did not answer in time.")
    except (sqlite3.Error, RuntimeError) as error:
        return Read(None, f"{what} are missing: the state file could not be read ({error}).")
