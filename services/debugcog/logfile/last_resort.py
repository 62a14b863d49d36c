"""Record that comes when our handler is closed → ``logging.lastResort``, as without us.

Python asks its last resort only for a record that finds no handler, and it finds ours on the root
logger, closed as it is: at the end of the program, or until it is put back.
"""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import suppress

from services.debugcog.logfile.handlers import is_ours, reached


class LastResort:
    """Prints what Python would print if none of our handlers were there, and nothing else."""

    def __init__(self) -> None:
        self._printing: set[int] = set()  # threads

    def handle(self, record: logging.LogRecord) -> None:
        """Have a record printed, unless a handler of the host's has got it."""
        with suppress(Exception):  # while Python ends, modules are taken apart
            resort = logging.lastResort
            if resort is None or record.levelno < resort.level:
                return
            if all(is_ours(handler) for handler in reached(record.name, sys.maxsize)):
                self._print(record, resort)

    def _print(self, record: logging.LogRecord, resort: logging.Handler) -> None:
        thread = threading.get_ident()
        if thread in self._printing:  # the host sends ``sys.stderr`` into logging
            if sys.__stderr__ is not None:
                sys.__stderr__.write(f"{resort.format(record)}\n")
                sys.__stderr__.flush()
            return
        self._printing.add(thread)
        try:
            if sys.is_finalizing():  # a thread that was ended may hold the old one
                resort.lock = threading.RLock()
            resort.handle(record)
        finally:
            self._printing.discard(thread)
