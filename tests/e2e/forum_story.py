"""An error group's life in a forum: an error, an admin who resolves it, the error again.

It goes on from what the state file says, so that a process that follows takes up where the last one
was killed.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from discord.http import HTTPClient, Route

if TYPE_CHECKING:
    from cogs.debug.app.cog import DebugCog

ADMIN = "<@7>"
host_log = logging.getLogger("host")


def watch_writes(reached: Callable[[str], None]) -> None:
    """Make a step of each request that changes something in a channel, before it and after."""
    real = HTTPClient.request

    async def request(self: HTTPClient, route: Route, **more: Any) -> Any:
        is_write = route.method != "GET" and route.path.startswith("/channels/")
        if is_write:
            reached("before a write")
        answer = await real(self, route, **more)
        if is_write:
            reached("after a write")
        return answer

    HTTPClient.request = request  # type: ignore[method-assign]  # in this process alone


async def move_on(cog: DebugCog, *, waits: bool) -> bool:
    """Do what comes next; return whether all has been done and told.

    Args:
        cog: of the host.
        waits: for the posts that are on their way.
    """
    store = cog.runtime.errors.store
    is_busy = bool(await cog.runtime.database.query(_waiting))
    if waits and is_busy:
        return False
    groups = await store.groups()
    if groups and groups[0].state == "regressed":
        return not is_busy
    if groups and groups[0].state != "resolved":
        await store.resolve(groups[0].id, by=ADMIN)
        return False
    host_log.error("Lost the model")
    await asyncio.to_thread(store.flush)
    return False


def _waiting(connection: sqlite3.Connection) -> int:
    sql = "SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending')"
    return int(connection.execute(sql).fetchone()[0])
