"""Handlers of /debug profile and its controls: a profile, or how far it has come, as a Reply."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from cogs.debug.features.profile.actions import EndProfile, ShowProfile, StartProfile
from cogs.debug.features.profile.reply import nothing_yet, profile_reply, progress_reply
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply
from services.debugcog.answers.profile import profile_answer
from services.debugcog.frozen import frozen
from services.debugcog.inspection.inspections import Inspections
from services.debugcog.inspection.profiler import Profiler

if TYPE_CHECKING:
    from services.debugcog.answers.sources import OffLoop

SECONDS_MAX = 60


@frozen(kw_only=True)
class ProfileHandlers:
    """What /debug profile and its controls do.

    Attributes:
        inspections: takes the profiles.
        off_loop: runs what takes a while.
        redact: removes secrets from names.
    """

    inspections: Inspections
    off_loop: OffLoop
    redact: Callable[[str], str]

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ShowProfile, asked(self.show)),
            Control(EndProfile, asked(self.end)),
            Control(StartProfile, stream=self.start),
        )

    async def profile(self, key: int, seconds: int) -> Reply:
        """Begin a profile, or show the one that was begun under this key."""
        return await self._reply(self.inspections.profile(seconds, key))

    async def show(self, action: ShowProfile | None = None) -> Reply:
        """Show the latest profile."""
        latest = self.inspections.latest_profile
        return nothing_yet() if latest is None else await self._reply(latest)

    async def end(self, action: EndProfile) -> Reply:
        """End the profile that runs, and show it."""
        latest = self.inspections.latest_profile
        if latest is not None:
            await self.off_loop(latest.stop)
        return await self.show()

    async def start(self, action: StartProfile, key: int) -> Reply:
        """Begin another profile, or show the one that was begun under this key."""
        return await self.profile(key, min(max(action.seconds, 1), SECONDS_MAX))

    async def _reply(self, profiler: Profiler) -> Reply:
        if profiler.running:
            return progress_reply(profiler.planned, profiler.passed, profiler.looks)
        profile = profiler.profile()
        work = partial(profile_answer, profile, self.inspections.host, self.redact)
        return profile_reply(await self.off_loop(work), round(profiler.planned))
