"""Logger and level → what keeps its lines from the log file or a handler, each with its fix."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from services.debugcog.frozen import frozen
from services.debugcog.guard import attempt
from services.debugcog.levels import level_name
from services.debugcog.logfile.handlers import is_ours
from services.debugcog.logfile.root_handler import NOISY
from services.debugcog.wording import clip, counted

NAME_MAX = 60
NAMED_MAX = 3
"""Loggers that are named in one sentence."""


@frozen
class Obstacle:
    """Something that hides lines.

    Attributes:
        what: names it: a logger, a handler, a setting.
        why: what it does, as the end of a sentence.
        fix: code or a setting that ends that; empty where it is the host's own will.
        setting: another way to end it, in ``.env``.
    """

    what: str
    why: str
    fix: str = ""
    setting: str = ""


def obstacles(
    name: str, level: int, *, to_file: bool, host: str = "", beside: Path | None = None
) -> tuple[Obstacle, ...]:
    """List what hides lines of a logger from a level on, the log file's first.

    Args:
        name: of the logger; ``root`` stands for all.
        level: from which on its lines are wanted.
        to_file: whether the log goes to a file.
        host: who writes the log file itself; empty when nobody of the host does.
        beside: where lines go then that the host does not write.
    """
    logger = _existing(name)
    return (
        *_switched_off(logger, level),
        *_on_the_way(logger, level),
        *_below(logger, level),
        *(() if to_file else (_NO_FILE,)),
        *([_hosts_file(host, beside)] if host else ()),
    )


_NO_FILE = Obstacle(
    "LOG_TO_FILE=false", "leaves the lines to the console and to memory alone", "LOG_TO_FILE=true"
)


def _hosts_file(host: str, beside: Path | None) -> Obstacle:
    where = beside.name if beside else "another file"
    return Obstacle(host, f"writes the log file itself; lines that it does not take go to {where}")


def _switched_off(logger: logging.Logger, level: int) -> Iterator[Obstacle]:
    highest = logging.root.manager.disable
    if highest >= level:
        why = f"hides every line up to {level_name(highest)}"
        yield Obstacle("logging.disable()", why, "logging.disable(logging.NOTSET)")
    if logger.disabled:
        why = "is disabled, as dictConfig does with disable_existing_loggers"
        yield Obstacle(_shown(logger), why, f"{_code(logger)}.disabled = False")
    if logger.filters:
        yield Obstacle(_shown(logger), f"has {counted(len(logger.filters), 'filter')} of its own")


def _on_the_way(start: logging.Logger, level: int) -> Iterator[Obstacle]:
    """Follow a record from its logger to the root, past every handler."""
    logger: logging.Logger | None = start
    handlers = 0
    while logger is not None:
        for handler in tuple(logger.handlers):
            handlers += 1
            found = None if is_ours(handler) else _hiding(logger, handler, level)
            if found is not None:
                yield found
        if not logger.propagate and logger.parent is not None:
            gone = "" if handlers else ", and no handler there takes them"
            why = f"has propagate=False, so its lines do not reach the log file{gone}"
            yield Obstacle(_shown(logger), why, f"{_code(logger)}.propagate = True")
            return
        logger = logger.parent


def _hiding(logger: logging.Logger, handler: logging.Handler, level: int) -> Obstacle | None:
    """Tell what a handler of the host's hides, from what it is, without a call of its code."""
    fields = attempt(lambda: dict(vars(handler)), {})
    own, filters = fields.get("level", 0), fields.get("filters", ())
    name = _handler(handler, fields, logger)
    if isinstance(own, int) and own > level:
        wanted = level_name(level)
        why = f"takes {level_name(own)} and above only"
        return Obstacle(name, why, f"handler.setLevel(logging.{wanted})")
    count = len(filters) if isinstance(filters, list | tuple) else 0
    return Obstacle(name, f"has {counted(count, 'filter')} of its own") if count else None


def _handler(handler: logging.Handler, fields: dict[str, object], logger: logging.Logger) -> str:
    kind = type(handler).__name__
    name, file = fields.get("_name"), fields.get("baseFilename")
    text = f"{kind} {name}" if isinstance(name, str) else kind
    text += f" ({Path(file).name})" if isinstance(file, str) else ""
    return clip(f"{text} of {_shown(logger)}", 2 * NAME_MAX)


def _below(logger: logging.Logger, level: int) -> Iterator[Obstacle]:
    """Name the loggers below that have a level of their own."""
    prefix = "" if logger is logging.root else f"{logger.name}."
    higher = [
        name
        for name, one in sorted(logging.root.manager.loggerDict.items())
        if isinstance(one, logging.Logger)
        and one.level > level
        and name.startswith(prefix)
        and name != logger.name
        and name.partition(".")[0] != "debugcog"
    ]
    if not higher:
        return
    named = ", ".join(clip(name, NAME_MAX) for name in higher[:NAMED_MAX])
    more = len(higher) - NAMED_MAX
    what = f"{named} and {counted(more, 'more logger')}" if more > 0 else named
    fix = f"/debug loglevel level:{level_name(level)} logger:{clip(higher[0], NAME_MAX)}"
    noisy = any(name.partition(".")[0] in NOISY for name in higher)
    why = "have higher levels" if len(higher) > 1 else "has a higher level"
    own = "of their own" if len(higher) > 1 else "of its own"
    yield Obstacle(what, f"{why} {own}", fix, "VERBOSE_LOGGING=true" if noisy else "")


def _existing(name: str) -> logging.Logger:
    """Return a logger, or the nearest one above it that exists, and make none."""
    while name and name != logging.root.name:
        found = logging.root.manager.loggerDict.get(name)
        if isinstance(found, logging.Logger):
            return found
        name = name.rpartition(".")[0]
    return logging.root


def _shown(logger: logging.Logger) -> str:
    return "the root logger" if logger is logging.root else f"logger {clip(logger.name, NAME_MAX)}"


def _code(logger: logging.Logger) -> str:
    return f'logging.getLogger("{clip(logger.name, NAME_MAX)}")'
