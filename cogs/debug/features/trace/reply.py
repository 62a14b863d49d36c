"""TracesAnswer → the reply of /debug trace: one call as a waterfall, and others to choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import discord

from cogs.debug.ui.call_actions import OpenCommand, OpenTrace, ShowTrace
from cogs.debug.ui.call_labels import call_label, split_label
from cogs.debug.ui.escaping import inline, prose_with_code, short
from cogs.debug.ui.names import written
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    OPTION_TEXT_MAX,
    Button,
    Colour,
    Menu,
    Option,
    Reply,
)
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.trace_parts import Part
from services.debugcog.answers.traces import Trace, TraceLine, TracesAnswer
from services.debugcog.charting.waterfall import MAX_DEPTH, MAX_MS, Bar, WaterfallSpec
from services.debugcog.units import utc_time
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import clip, counted

FIND_MAX = 24
"""Of a name that was searched for, so that it fits into a control; its start finds it, too."""
NOTHING = (
    "No call with timed parts so far. Time them with `metrics.timer(...)` or `@traced(...)`; "
    "requests to Discord are timed by themselves."
)
OFF = "Metrics are off: `METRICS_ENABLED=false`."
GONE = "That call is no longer kept. "


def trace_reply(answer: TracesAnswer, asked: int = 0) -> Reply:
    """Render one call with its parts, and a menu of the last ones.

    Args:
        answer: to render.
        asked: the call that was asked for by its id; 0 for the latest, whichever that is.
    """
    trace = answer.trace
    embed = discord.Embed(
        title=_title(answer),
        description=clip("\n".join(_lines(answer)), DESCRIPTION_MAX),
        colour=_colour(trace).value,
        timestamp=discord.utils.utcnow(),
    )
    if answer.total > len(answer.lines):
        embed.set_footer(text=f"The menu has the last {len(answer.lines)} of {answer.total} calls")
    return Reply(
        embeds=(embed,),
        controls=tuple(_controls(answer, asked)),
        chart=_picture(trace) if trace else None,
    )


def _controls(answer: TracesAnswer, asked: int) -> Iterator[Button | Menu]:
    show = ShowTrace(answer.find[:FIND_MAX], written(answer.service), answer.window, asked)
    latest = replace(show, call=0)
    call = answer.trace.line.call if answer.trace else None
    yield window_menu(lambda window: replace(latest, window=window), answer.window)
    if answer.lines:
        yield Menu("Another call", tuple(_options(answer.lines, show, call.id if call else 0)))
    yield Button("Refresh", show)
    if asked:
        yield Button("Latest", latest)
    if call and call.kind != "message":
        yield Button("Its command", OpenCommand(call.name, answer.window))


def _title(answer: TracesAnswer) -> str:
    if answer.trace is None:
        return "Traces"
    call = answer.trace.line.call
    return f"Trace · {short(call.name, 80)} · {answer.trace.parts[0].ms_text}"


def _lines(answer: TracesAnswer) -> Iterator[str]:
    if not answer.enabled:
        yield OFF
    trace = answer.trace
    if trace is None:
        yield (GONE if answer.is_gone else "") + _nothing(answer)
        return
    if answer.is_gone:
        yield f"{GONE}This is the latest."
    line = trace.line
    yield f"**{prose_with_code(line.slowest)}**"
    yield call_label(line.call)
    split = split_label(line.call)
    if split:
        yield split
    if line.call.error:
        yield f"❌ failed: `/debug errors find:{line.call.error}`"
    elif line.call.outcome == "failed":
        yield "❌ failed"
    if trace.left_out:
        yield f"{counted(trace.left_out, 'shorter part')} not drawn"


def _nothing(answer: TracesAnswer) -> str:
    """Say why there is no call to show."""
    if answer.older:
        before = f"{counted(answer.older, 'call')} before"
        return (
            f"None in the last {WINDOWS[answer.window][1]}, but {before}: choose a longer window."
        )
    if answer.service:
        return f"No call that is kept has a part {inline(answer.service, 80)}."
    if answer.find:
        return f"No call that is kept matches {inline(answer.find, 80)}."
    return NOTHING


def _options(lines: tuple[TraceLine, ...], show: ShowTrace, shown: int) -> Iterator[Option]:
    for line in lines:
        call = line.call
        label = f"{call.name} · {call.duration.text} · {utc_time(call.at, with_day=True)}"
        yield Option(
            short(label, OPTION_TEXT_MAX),
            OpenTrace(show.find, show.service, show.window, call.id),
            clip(line.slowest.replace("`", ""), OPTION_TEXT_MAX),
            chosen=call.id == shown,
        )


def _picture(trace: Trace) -> WaterfallSpec:
    bars = tuple(_bar(part, number == trace.slowest) for number, part in enumerate(trace.parts))
    return WaterfallSpec(f"{trace.line.call.name} · {trace.parts[0].ms_text}", bars)


def _bar(part: Part, slowest: bool) -> Bar:
    return Bar(
        label=part.label,
        start_ms=min(part.start_ms, MAX_MS),
        duration_ms=min(part.ms, MAX_MS),
        depth=min(part.depth, MAX_DEPTH),
        slowest=slowest,
        failed=part.failed,
    )


def _colour(trace: Trace | None) -> Colour:
    if trace is None:
        return Colour.NEUTRAL
    call = trace.line.call
    return Colour.CRITICAL if call.outcome == "failed" or call.problem else Colour.GOOD
