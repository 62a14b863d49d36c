"""Check: handlers that write each log line twice."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from typing import Any

from services.debugcog.diagnosis.findings import Finding, warning
from services.debugcog.guard import attempt
from services.debugcog.logfile.handlers import attached, reached
from services.debugcog.logfile.root_handler import RootHandler

ALWAYS = ("root", "discord")
FIX = (
    "Let one of them go: start with `bot.run(token, log_handler=None)`, call "
    "`discord.utils.setup_logging()` and `logging.basicConfig()` at most once, or set "
    "`propagate = False` on the logger that has a handler of its own."
)


def double_lines() -> Iterator[Finding]:
    """Look at each logger that has handlers: which place is written to by two of them?"""
    told: set[frozenset[int]] = set()
    for name in dict.fromkeys((*ALWAYS, *(name for name, _ in attached()))):
        places: dict[str, list[logging.Handler]] = {}
        for handler in reached(name, logging.CRITICAL):
            place = attempt(lambda: _place(handler), "")  # noqa: B023 - called at once
            if place:
                places.setdefault(place, []).append(handler)
        for place, handlers in places.items():
            both = frozenset(map(id, handlers))
            if len(handlers) > 1 and both not in told:
                told.add(both)
                names = ", ".join(type(one).__name__ for one in handlers)
                what = f"logger {name}: {len(handlers)} handlers write to {place} ({names})"
                yield warning("Log lines are written twice", what, fix=FIX)


def _place(handler: logging.Handler) -> str:
    """Name what a handler writes to; empty where that is not known."""
    if isinstance(handler, RootHandler):
        return _stream(handler.stream or sys.__stderr__) if handler.console else ""
    if isinstance(handler, logging.FileHandler):
        return os.path.realpath(handler.baseFilename)
    if isinstance(handler, logging.StreamHandler):
        return _stream(handler.stream)
    return ""


def _stream(stream: Any) -> str:
    """Name a stream; two of one descriptor are one place."""
    if stream is sys.stderr:
        return "standard error"
    if stream is sys.stdout:
        return "standard output"
    try:
        number = stream.fileno()
    except Exception:  # noqa: BLE001 - whatever the host has put there as a stream
        return f"{type(stream).__name__} {id(stream):x}"
    return {1: "standard output", 2: "standard error"}.get(number, f"descriptor {number}")
