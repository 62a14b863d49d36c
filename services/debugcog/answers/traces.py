"""Calls with spans → TracesAnswer: the last ones, and the parts of one of them."""

from __future__ import annotations

from services.debugcog.answers.calls import CallLine, call_line
from services.debugcog.answers.sources import Sources
from services.debugcog.answers.trace_parts import (
    Part,
    parts_of,
    slowest_sentence,
    slowest_service,
)
from services.debugcog.calls.call import Call
from services.debugcog.frozen import frozen
from services.debugcog.windows import WINDOWS, Window

LISTED = 25
"""Calls to choose from: what a menu of Discord's holds."""
PARTS = 30
"""Parts of a call that are drawn, the whole among them."""


@frozen
class TraceLine:
    """One call to choose from: the call, and what took its time, in words."""

    call: CallLine
    slowest: str


@frozen(kw_only=True)
class Trace:
    """One call and its parts.

    Attributes:
        line: the call, and what took its time.
        parts: the whole first, then its parts as they began; the longest, where there are many.
        slowest: number of the part to look at; None where it is none of them.
        left_out: parts that are not shown.
    """

    line: TraceLine
    parts: tuple[Part, ...]
    slowest: int | None
    left_out: int


@frozen(kw_only=True)
class TracesAnswer:
    """The last calls.

    Attributes:
        enabled: whether metrics are collected; without, nothing is timed.
        service: only calls with a part of this service are listed; all if empty.
        services: of the calls that are kept, to choose from.
        find: only those whose name has this text, or the one with this id; all if empty.
        window: only those that began in it.
        lines: the last calls, the latest first.
        total: how many there are of them.
        older: how many there are besides, from before the window.
        trace: of the call that was asked for, or of the latest; None where there is none.
        is_gone: the call that was asked for is no longer kept.
    """

    enabled: bool
    service: str
    services: tuple[str, ...]
    find: str
    window: Window
    lines: tuple[TraceLine, ...]
    total: int
    older: int
    trace: Trace | None
    is_gone: bool


def traces(
    sources: Sources,
    service: str = "",
    find: str = "",
    window: Window = "7d",
    call_id: int = 0,
) -> TracesAnswer:
    """Answer from the calls that are kept.

    Args:
        sources: have them.
        service: of a part; all if empty.
        find: a part of a call's name, or its id; all if empty.
        window: in which the calls began.
        call_id: of the call to show, whenever that was; 0 for the latest.
    """
    book, since = sources.calls, sources.clock() - WINDOWS[window][0]
    every = [one for one in book.traces() if _is_wanted(one, service, find)] if book else []
    found = [one for one in every if one.at >= since]
    asked = call_id or (int(find) if find.isascii() and find.isdecimal() else 0)
    shown = book.trace(asked) if book and asked else None
    is_gone = bool(asked) and shown is None
    shown = shown or next(iter(found), None)
    return TracesAnswer(
        enabled=sources.enabled,
        service=service,
        services=services_of(sources, ""),
        find=find,
        window=window,
        lines=tuple(_line(one, parts_of(one)) for one in found[:LISTED]),
        total=len(found),
        older=len(every) - len(found),
        trace=_trace(shown) if shown else None,
        is_gone=is_gone,
    )


def services_of(sources: Sources, typed: str) -> tuple[str, ...]:
    """List the services of the calls that are kept, whose name has a text in it."""
    calls = sources.calls.traces() if sources.calls else ()
    names = dict.fromkeys(one.service for call in calls for one in call.services)
    return tuple(name for name in names if typed.strip().casefold() in name.casefold())


def names_of(sources: Sources, typed: str) -> tuple[str, ...]:
    """List the names of the calls that are kept, which have a text in them."""
    calls = sources.calls.traces() if sources.calls else ()
    names = dict.fromkeys(call.name for call in calls)
    return tuple(name for name in names if typed.strip().casefold() in name.casefold())


def _is_wanted(call: Call, service: str, find: str) -> bool:
    wanted = find.strip().casefold()
    is_of = not service or any(one.service == service for one in call.services)
    return is_of and (wanted in call.name.casefold() or wanted == str(call.id))


def _line(call: Call, parts: tuple[Part, ...]) -> TraceLine:
    return TraceLine(call_line(call), slowest_sentence(parts, call))


def _trace(call: Call) -> Trace:
    parts = parts_of(call)
    whole, inner = parts[0], parts[1:]
    longest = sorted(range(len(inner)), key=lambda number: -inner[number].ms)[: PARTS - 1]
    shown = (whole, *(inner[number] for number in sorted(longest)))
    service = slowest_service(parts, call)
    mine = [number for number, part in enumerate(shown) if service and part.service == service]
    return Trace(
        line=_line(call, parts),
        parts=shown,
        slowest=max(mine, key=lambda number: shown[number].own_ms, default=None),
        left_out=len(parts) - len(shown) + call.left_out,
    )
