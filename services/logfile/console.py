"""Formatted records → standard error, but for those that another handler prints there anyway."""

from __future__ import annotations

import logging
import sys
from typing import TextIO


class Console:
    """Prints on the process's real standard error, and never raises.

    The real one: a host that sends ``sys.stderr`` into logging would make a circle. Only the
    writer's thread waits for a terminal that is stopped (Ctrl-S); the log file waits with it.
    """

    def __init__(self) -> None:
        self._stream: TextIO | None = sys.__stderr__

    def write(self, text: str) -> None:
        """Print and flush; what cannot be printed is left out."""
        if self._stream is None:  # a process without a console, e.g. pythonw
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # closed, or a pipe that nobody reads
            pass


def printed_elsewhere(record: logging.LogRecord) -> bool:
    """Tell whether a handler of the record's logger, or one above it, prints it on a console.

    ``bot.run()`` gives the logger ``discord`` such a handler.
    """
    found = logging.root.manager.loggerDict.get(record.name)
    logger: logging.Logger | None = found if isinstance(found, logging.Logger) else logging.root
    while logger is not None:
        if any(_prints(handler, record) for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False


def _prints(handler: logging.Handler, record: logging.LogRecord) -> bool:
    if not isinstance(handler, logging.StreamHandler) or record.levelno < handler.level:
        return False
    consoles = (sys.stderr, sys.stdout, sys.__stderr__, sys.__stdout__)
    return any(handler.stream is console for console in consoles)
