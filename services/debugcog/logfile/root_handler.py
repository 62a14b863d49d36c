"""Handler of the root logger that queues records, with the thread that writes them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TextIO

from services.debugcog.logfile.last_resort import LastResort
from services.debugcog.logfile.queue import RecordQueue, nobody
from services.debugcog.logfile.target import LogTarget
from services.debugcog.logfile.text import Redact
from services.debugcog.logfile.writer import LogWriter

NOISY = ("transformers", "nemo_logger", "torch", "urllib3", "discord")
"""Libraries that are kept at WARNING (docs/logs.md, "Noisy libraries").

A level on their own logger is no wish for more: ``bot.run()`` sets ``discord`` to INFO for its own
console, others do the like. So the handler leaves them out as well, and the host's handlers do not.
"""
FLUSH_SECONDS = 5.0


class RootHandler(RecordQueue):
    """Whoever closes it ends the writer after the last record; it is not opened again.

    Python does so at its exit, and so do ``logging.basicConfig(force=True)``, ``dictConfig()`` and
    ``logging.shutdown()``, whenever a host or a library calls them. What comes after that is left
    to ``logging.lastResort``.

    Args:
        hears: tells whether a noisy library's logger is written below WARNING.
        redact: takes the secrets out of a text.
        target: where the lines go, if they go to a file.
        keep: gets the text of each record.
        console: print the records too.
        stream: to print on, other than standard error.

    Attributes:
        is_closed: somebody has closed it.
        console: whether it prints the records too.
        stream: where it prints, if not on standard error.
        writer: empties the queue.
    """

    def __init__(
        self,
        hears: Callable[[str], bool],
        redact: Redact,
        target: LogTarget | None,
        keep: Callable[[str], None],
        *,
        console: bool,
        stream: TextIO | None = None,
    ) -> None:
        super().__init__(nobody if target is None else target.is_taken)
        self.is_closed = False
        self.console = console
        self.stream = stream
        self.writer = LogWriter(self, redact, target, keep, console=console, stream=stream)
        self._hears = hears
        self._last_resort = LastResort()

    def filter(self, record: logging.LogRecord) -> Any:
        """Leave out what noisy libraries say below WARNING."""
        if (
            record.levelno < logging.WARNING
            and record.name.startswith(NOISY)
            and record.name.partition(".")[0] in NOISY
            and not self._hears(record.name)
        ):
            return False
        return super().filter(record) if self.filters else True

    def flush(self) -> None:
        """Wait until all that was logged by now is written."""
        self.writer.flush(FLUSH_SECONDS)

    def refuse(self, record: logging.LogRecord) -> bool:
        """Have a record that comes when this is closed printed, where Python would print it."""
        self._last_resort.handle(record)
        return False

    def close(self) -> None:
        """Write every accepted record, and end the writer."""
        self.is_closed = True
        self.writer.close()
        super().close()
