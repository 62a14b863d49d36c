"""Error groups of the state file → one page of them, worst first, and how many there are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from services.debugcog.errors.groups import HOUR, WORST_FIRST
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.tables import FOUND, STATE, like, read_groups
from services.debugcog.frozen import frozen

RATE = (
    "(SELECT TOTAL(json_extract(h.value, '$[1]') * CASE json_extract(h.value, '$[0]')"
    " WHEN ? THEN 1.0 WHEN ? THEN ? ELSE 0.0 END)"
    " FROM json_each(CASE WHEN json_valid(g.body) THEN g.body END, '$.hours') h"
    " WHERE h.type = 'array')"
)
"""As ``groups.rate``."""
PLACE = f"(SELECT w.key FROM json_each(?) w WHERE w.value = {STATE})"  # noqa: S608 - constants
ORDER = f"COALESCE({PLACE}, {len(WORST_FIRST)}), {RATE} DESC, g.last_seen DESC"
"""As ``groups.badness``; a damaged row comes last."""


@frozen
class Ranked:
    """One page of error groups.

    Attributes:
        groups: of the page, worst first.
        total: groups of all pages.
        page: its number, from 1.
    """

    groups: tuple[ErrorGroup, ...]
    total: int
    page: int


def ranked(
    connection: sqlite3.Connection,
    now: float,
    *,
    page: int,
    size: int,
    states: Collection[str] = (),
    text: str = "",
) -> Ranked:
    """Rank all groups, and read those of one page.

    Args:
        connection: of the state file.
        now: unix seconds, for the rates.
        page: from 1; the last one where there are not so many.
        size: groups of a page.
        states: those that count; all when empty.
        text: in type, message or place; empty for all.
    """
    is_wanted = f"{STATE} IN (SELECT value FROM json_each(?))"  # noqa: S608 - constant
    condition = f"(? = '' OR {FOUND}) AND (? = 0 OR {is_wanted})"
    wanted = (text.strip(), like(text), len(states), json.dumps(list(states)))
    count = f"SELECT COUNT(*) FROM error_groups g WHERE {condition}"  # noqa: S608 - constants
    total = int(connection.execute(count, wanted).fetchone()[0])
    page = min(max(page, 1), max(1, -(-total // size)))
    hour = int(now // HOUR)
    rank = (json.dumps(WORST_FIRST), hour, hour - 1, 1 - now % HOUR / HOUR)
    paged = f"{condition} ORDER BY {ORDER} LIMIT ? OFFSET ?"
    found = read_groups(connection, paged, (*wanted, *rank, size, (page - 1) * size))
    return Ranked(tuple(found), total, page)
