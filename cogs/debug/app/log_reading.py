"""The log as it is read: its records, what hides them, and a thread that searches in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from services.debugcog.answers import logs as answers_logs
from services.debugcog.logfile import log_files

if TYPE_CHECKING:
    from services.debugcog.answers.logs import LogSource
    from services.debugcog.logfile.obstacles import Obstacle
    from services.debugcog.logfile.text import Redact
    from services.debugcog.logs import Logging

T = TypeVar("T")


class LogReading:
    """Reads the log on a thread of its own, for a search takes seconds; it begins with the first.

    Args:
        redact: hides secrets in what others have written to the files.

    Attributes:
        logs: the logging, once it is set up.
    """

    logs: Logging

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="debugcog-log-reading")

    async def __call__(self, work: Callable[[], T]) -> T:
        """Await what reads the log."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def source(self) -> LogSource:
        """Return where the records are found."""
        path = self.logs.path
        files = log_files.LogFiles(path) if path else None
        return answers_logs.LogSource(self.logs.lines, files, self._redact, self.logs.no_file)

    def obstacles(self, name: str, level: int) -> tuple[Obstacle, ...]:
        """List what hides a logger's lines from a level on."""
        return self.logs.obstacles(name, level)

    def close(self) -> None:
        """Begin nothing more; what runs ends by itself within seconds."""
        self._thread.shutdown(wait=False, cancel_futures=True)
