"""What the dashboard is made of; frozen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from services.debugcog.frozen import frozen

if TYPE_CHECKING:
    import asyncio

    from cogs.debug.app.upkeep import Upkeep
    from services.debugcog.answers.logs import LogSource
    from services.debugcog.answers.published import Publisher
    from services.debugcog.answers.sources import Sources
    from services.debugcog.settings import Settings
    from services.debugcog.tasks.loop_row import Loops
    from services.debugcog.users.sources import UserSources


@frozen(kw_only=True)
class Parts:
    """What a server is made of.

    Attributes:
        settings: of the cog.
        sources: what answers are made of.
        publisher: of what only the bot's thread may read.
        redact: hides secrets.
        logs: gives the log, once it is set up.
        users: tells of the bot's users.
        upkeep: knows gateway and tasks.
        loops: makes what lists the ``tasks.loop``s.
        bot_loop: the bot's event loop.
    """

    settings: Settings
    sources: Sources
    publisher: Publisher
    redact: Callable[[str], str]
    logs: Callable[[], LogSource]
    users: UserSources
    upkeep: Upkeep
    loops: Callable[[], Loops]
    bot_loop: asyncio.AbstractEventLoop
