"""Queries of the logging module: which handlers a record reaches, which loggers are disabled."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from services.debugcog.guard import attempt, own_logger

OURS = __name__.removesuffix(".logfile.handlers")
NAMED_MAX = 5
"""Loggers that are named in one line."""


def reached(name: str, level: int) -> list[logging.Handler]:
    """Return the handlers that a record reaches by its level, as ``Logger.callHandlers`` does."""
    found = logging.root.manager.loggerDict.get(name)
    logger: logging.Logger | None = found if isinstance(found, logging.Logger) else logging.root
    handlers = []
    while logger is not None:
        for handler in logger.handlers:
            if level >= handler.level:
                handlers.append(handler)  # noqa: PERF401 - most loggers have none
        logger = logger.parent if logger.propagate else None
    return handlers


def attached() -> Iterator[tuple[str, logging.Handler]]:
    """List every handler of every logger, with the logger's name."""
    yield from ((logging.root.name, handler) for handler in tuple(logging.root.handlers))
    for name, logger in tuple(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger):
            yield from ((name, handler) for handler in tuple(logger.handlers))


def is_ours(handler: logging.Handler) -> bool:
    """Tell whether it is of this package: the log file's, or what keeps errors and their story."""
    return type(handler).__module__.startswith(f"{OURS}.")


def part_of(handler: logging.Handler, name: str) -> Any:
    """Return an attribute of a host's handler; None where it has none, or where that raises.

    A class of the host's need not have called the constructor of the class that it comes from.
    """
    return attempt(lambda: getattr(handler, name, None), None)


def made(name: str, level: int, text: str, arguments: tuple[object, ...] = ()) -> logging.LogRecord:
    """Make a record as a logger of ours does, with the host's factory unless that fails."""
    return own_logger(name).makeRecord(name, level, __file__, 0, text, arguments, None)


def switched_off(own: str) -> list[str]:
    """List the loggers that are disabled, by name, and enable those of one package first.

    Args:
        own: name of the package's own logger.
    """
    names = []
    for name, logger in sorted(logging.root.manager.loggerDict.items()):
        if not isinstance(logger, logging.Logger) or not logger.disabled:
            continue
        if name.partition(".")[0] == own:
            logger.disabled = False
        else:
            names.append(name)
    return names


def names_switched_off(own: str) -> str:
    """Name the loggers that are disabled, as the end of a line; empty where there are none."""
    names = switched_off(own)
    if not names:
        return ""
    more = len(names) - NAMED_MAX
    rest = f" and {more} more" if more > 0 else ""
    shown = ", ".join(names[:NAMED_MAX])
    return f". Loggers that are switched off, as by disable_existing_loggers: {shown}{rest}"
