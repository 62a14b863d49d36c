"""Held → AllocationsAnswer: the lines of the host that hold the most memory since tracing began."""

from __future__ import annotations

import linecache
from collections.abc import Callable

from services.debugcog.answers.figure import Figure
from services.debugcog.frozen import frozen
from services.debugcog.host_files import HostFiles
from services.debugcog.inspection.allocations import MB, Held, Line
from services.debugcog.wording import clip

LINES_SHOWN = 10
SOURCE_MAX = 100
LEAST = 1024
"""Bytes below which a line is not worth its place."""


@frozen
class LineRow:
    """A line, with what is held by objects that it has made.

    Attributes:
        place: file and number.
        source: its text, redacted; empty where there is none.
        size: MB.
        an_hour: MB that it would be in an hour, at this rate.
        count: blocks of memory.
    """

    place: str
    source: str
    size: Figure
    an_hour: Figure
    count: Figure


@frozen
class AllocationsAnswer:
    """What was allocated since tracing began, and is held.

    Attributes:
        seconds: since it began.
        size: MB of all.
        host: MB of the host's lines, with the libraries that they call.
        rows: the host's lines, those that hold most first.
        cost: MB that tracing itself takes.
        paused: ms for which the whole process stood still for this answer.
    """

    seconds: Figure
    size: Figure
    host: Figure
    rows: tuple[LineRow, ...]
    cost: Figure
    paused: Figure


def allocations_answer(
    held: Held, host: HostFiles, redact: Callable[[str], str]
) -> AllocationsAnswer:
    """Make the answer; it reads source files, so call it in a thread.

    Args:
        held: as it was told.
        host: knows the host's files.
        redact: removes secrets.
    """
    own = [line for line in held.lines if line.own and line.size >= LEAST]
    hours = max(held.seconds, 1.0) / 3600

    def row(line: Line) -> LineRow:
        size = line.size / MB
        source = linecache.getline(line.file, line.line).strip()
        place = f"{host.shown(line.file)}:{line.line}"
        return LineRow(
            redact(place),
            clip(redact(source), SOURCE_MAX),
            Figure(size, "MB"),
            Figure(size / hours, "MB"),
            Figure(line.count),
        )

    return AllocationsAnswer(
        seconds=Figure(round(held.seconds), "s"),
        size=Figure(held.size / MB, "MB"),
        host=Figure(sum(line.size for line in own) / MB, "MB"),
        rows=tuple(row(line) for line in own[:LINES_SHOWN]),
        cost=Figure(held.cost_mb, "MB"),
        paused=Figure(held.paused_ms, "ms"),
    )
