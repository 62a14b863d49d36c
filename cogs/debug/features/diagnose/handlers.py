"""Handlers of /debug diagnose and its controls: make the checks, show a page of their report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cogs.debug.features.diagnose.actions import RunDiagnosis, ShowDiagnosis
from cogs.debug.features.diagnose.reply import diagnosis_reply
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply
from services.debugcog.diagnosis.findings import Check
from services.debugcog.diagnosis.runner import Report, run

PROGRESS_SECONDS = 1.0
"""Between two texts about the progress: a message may be changed 5 times in 5 seconds."""
Tell = Callable[[str], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class DiagnosisHandlers:
    """What /debug diagnose and its controls do.

    Attributes:
        checks: makes the checks, anew for each report.
        redact: files go through it.
        latest: the last report, and when it was made, in unix seconds.
    """

    checks: Callable[[], Sequence[Check]]
    redact: Callable[[str], str]
    latest: tuple[Report, float] | None = None

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(RunDiagnosis, asked(lambda _: self.run())),
            Control(ShowDiagnosis, asked(self.show)),
        )

    async def run(self, tell: Tell | None = None) -> Reply:
        """Make all checks, and tell how many are done while that takes long."""
        checks = self.checks()
        progress = _Progress(len(checks), tell)
        try:
            report = await run(checks, progress.note)
        finally:
            await progress.close()
        self.latest = (report, time.time())
        return diagnosis_reply(*self.latest, 1, self.redact)

    async def show(self, action: ShowDiagnosis) -> Reply:
        """Show a page of the last report; after a restart, make it first."""
        if self.latest is None:
            return await self.run()
        return diagnosis_reply(*self.latest, action.page, self.redact)


class _Progress:
    """Tells how many checks are done, once a second."""

    def __init__(self, count: int, tell: Tell | None) -> None:
        self._done = 0
        self._count = count
        self._task = (
            asyncio.create_task(self._run(tell), name="debugcog-progress") if tell else None
        )

    def note(self, done: int) -> None:
        self._done = done

    async def close(self) -> None:
        """End; a text that is under way arrives before what is sent after it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait((self._task,))

    async def _run(self, tell: Tell) -> None:
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            await tell(f"Checked {self._done} of {self._count} …")
