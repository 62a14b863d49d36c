"""CommandsAnswer → the reply of /debug commands: the table, or one command in detail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import discord

from cogs.debug.ui.call_actions import OpenCommand, ShowCommands, ShowTrace
from cogs.debug.ui.call_labels import OUTCOMES, call_label, split_label, trouble_label
from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.pages import Page, page_buttons, paged
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    FIELD_VALUE_MAX,
    OPTION_TEXT_MAX,
    OPTIONS_MAX,
    Button,
    Colour,
    Menu,
    Option,
    Reply,
)
from cogs.debug.ui.tables import named_table, short_count
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.calls import PARTS, CallLine
from services.debugcog.answers.command_rows import CommandRow
from services.debugcog.answers.commands import CommandDetails, CommandsAnswer
from services.debugcog.answers.figure import NONE, Figure
from services.debugcog.units import utc_time
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import clip, counted, noun

TROUBLED = 3
"""Calls near 3 s that are told one by one, above the table."""
ROWS = 12
HEADER = ("calls", "bad", "p50", "p95", "max", "ack")
LEGEND = "Times in seconds. bad: failed, or not acknowledged in time · ack: p95 of acknowledgements"
NOTHING = (
    "No command, button, menu or form of the bot was used in this window. "
    "Messages that it handles are in `/debug trace`."
)
OFF = "Metrics are off: `METRICS_ENABLED=false`."
FIND_MAX = 60


def commands_reply(answer: CommandsAnswer, page: int = 1) -> Reply:
    """Render one command where the answer has one, or else a page of the table."""
    if answer.details is not None:
        return _one(answer, answer.details)
    count = max(1, -(-len(answer.rows) // ROWS))
    number = min(max(page, 1), count)
    shown = answer.rows[(number - 1) * ROWS : number * ROWS]
    match = f" · {short(answer.find, 60)}" if answer.find else ""
    embed = discord.Embed(
        title=f"Commands · last {WINDOWS[answer.window][1]}{match}",
        description=clip("\n".join(_overview(answer, shown)), DESCRIPTION_MAX),
        colour=_colour(answer.rows, answer.troubled).value,
        timestamp=discord.utils.utcnow(),
    )
    if shown:
        embed.set_footer(text=LEGEND)

    def make(number: int) -> ShowCommands:
        return ShowCommands(_kept(answer.find), answer.window, number)

    pages = page_buttons(make, Page("", number, count), ("◀ Back", "More ▶"))
    refresh = Button("Refresh", make(number))
    return Reply(
        embeds=(embed,),
        controls=(*_menus(answer, make, shown), *pages, refresh),
        chart=answer.chart,
    )


def _menus(
    answer: CommandsAnswer, make: Callable[[int], ShowCommands], shown: Sequence[CommandRow]
) -> Iterator[Menu]:
    yield window_menu(lambda window: replace(make(1), window=window), answer.window)
    if shown:
        options = tuple(_option(row, answer) for row in shown[:OPTIONS_MAX])
        yield Menu("Open a command", options)


def _option(row: CommandRow, answer: CommandsAnswer) -> Option:
    runs = counted(round(row.calls.value or 0), "call")
    told = f"{runs} · p95 {row.p95.text}" + (f" · {row.errors.text} failed" * _has(row.errors))
    return Option(short(row.name, OPTION_TEXT_MAX), OpenCommand(row.name, answer.window), told)


def _overview(answer: CommandsAnswer, shown: Sequence[CommandRow]) -> Iterator[str]:
    """List what is wrong first, then the table."""
    if not answer.enabled:
        yield OFF
    if answer.trouble:
        yield prose(answer.trouble)
    yield from _troubles(answer.troubled)
    if not shown:
        yield f"No command matches {inline(answer.find, 60)}." if answer.find else NOTHING
        return
    yield from _slowest(answer.rows)
    yield named_table([row.name for row in shown], HEADER, [_cells(row) for row in shown])
    if len(answer.rows) > len(shown):
        yield f"{len(shown)} of {counted(len(answer.rows), 'command')}, the worst first"


def _troubles(calls: Sequence[CallLine]) -> Iterator[str]:
    if not calls:
        return
    failed = sum(bool(call.problem) for call in calls)
    near = len(calls) - failed
    counts = []
    if failed:
        counts.append(f"{counted(failed, 'interaction')} not acknowledged in time")
    if near:
        counts.append(f"{near:,} near Discord's limit of 3 s")
    yield f"**{', '.join(counts)}**"
    yield from map(trouble_label, calls[:TROUBLED])
    if len(calls) > TROUBLED:
        yield f"and {len(calls) - TROUBLED:,} more"


def _slowest(rows: Sequence[CommandRow]) -> Iterator[str]:
    """Name the slowest, and what fails most."""
    slowest = max(rows, key=lambda row: row.p95.value or 0)
    if slowest.p95.value is not None:
        calls = counted(round(slowest.calls.value or 0), "call")
        name = inline(slowest.name, FIND_MAX)
        yield f"Slowest: {name} **{slowest.p95.text}** (p95 of {calls}) · why: `/debug trace`"
    failing = max(rows, key=lambda row: row.errors.value or 0)
    if _has(failing.errors):
        of = f"{failing.errors.text} of {counted(round(failing.calls.value or 0), 'call')}"
        yield f"Fails most: {inline(failing.name, FIND_MAX)} **{of}** · why: `/debug errors`"


def _cells(row: CommandRow) -> tuple[str, ...]:
    times = (row.p50, row.p95, row.slowest, row.acknowledged)
    bad = max(row.errors.value or 0, row.unacknowledged.value or 0)  # one call may be both
    return (short_count(row.calls), str(round(bad)), *map(_seconds, times))


def _seconds(time: Figure) -> str:
    """Write a time in seconds, in four characters."""
    if time.value is None:
        return NONE
    seconds = time.value / 1000
    return (
        f"{seconds:.2f}"
        if seconds < 10
        else f"{seconds:.1f}"
        if seconds < 100
        else f"{seconds:.0f}"
    )


def _one(answer: CommandsAnswer, details: CommandDetails) -> Reply:
    """Render one command in detail."""
    embed = discord.Embed(
        title=f"{short(details.name, 80)} · last {WINDOWS[answer.window][1]}",
        description=clip("\n".join(_lead(answer)), DESCRIPTION_MAX) or None,
        colour=_colour(answer.rows, answer.troubled).value,
        timestamp=discord.utils.utcnow(),
    )
    for name, lines, is_short in _fields(details):
        text = paged(lines, 1, FIELD_VALUE_MAX).text
        embed.add_field(name=name, value=text, inline=is_short)
    show = OpenCommand(details.name, answer.window)
    traced = [call for call in details.slowest if call.traced]
    options = tuple(
        Option(
            f"{call.duration.text}, {utc_time(call.at, with_day=True)}",
            ShowTrace(window=answer.window, call=call.id),
        )
        for call in traced
    )
    return Reply(
        embeds=(embed,),
        controls=(
            window_menu(lambda window: ShowCommands(details.name, window), answer.window),
            *((Menu("Open the trace of a call", options),) if options else ()),
            Button("All commands", ShowCommands("", answer.window)),
            Button("Refresh", show),
        ),
        chart=answer.chart,
    )


def _lead(answer: CommandsAnswer) -> Iterator[str]:
    if answer.trouble:
        yield prose(answer.trouble)
    yield from _troubles(answer.troubled)


def _fields(details: CommandDetails) -> Iterator[tuple[str, Sequence[str], bool]]:
    """List name and lines of each field, and whether it shares its line with others."""
    row = details.row
    if row is not None:
        calls = noun(round(row.calls.value or 0), "call")
        yield "Calls", (f"**{row.calls.text}** {calls}", f"{row.errors.text} failed"), True
        times = f"p50 **{row.p50.text}**", f"p95 {row.p95.text}", f"slowest {row.slowest.text}"
        yield "Response", times, True
        if row.acknowledged.value is not None:
            missed = [f"{row.unacknowledged.text} missed"] * _has(row.unacknowledged)
            slowest = f"slowest {row.acknowledged_slowest.text} of 3 s"
            yield "Acknowledged", (f"p95 **{row.acknowledged.text}**", slowest, *missed), True
    if details.kept:
        parts = zip(PARTS, details.split, strict=True)
        split = " · ".join(f"{name} **{part.text}**" for name, part in parts)
        of = f"of the last {counted(details.kept, 'call')}"
        yield "Until the acknowledgement, on average", (split, of), False
    if details.slowest:
        yield "Slowest calls", [_slow(call) for call in details.slowest], False
    if details.errors:
        lines = [f"{one.mark} `{one.id}` {prose(clip(one.title, 80))}" for one in details.errors]
        yield "Errors: `/debug errors`", lines, False


def _slow(call: CallLine) -> str:
    error = f" {inline(call.error, 20)}" if call.error else ""
    parts = (f"**{call.duration.text}** {OUTCOMES[call.outcome]}{error}".strip(), call_label(call))
    return " · ".join((*parts, split_label(call))).removesuffix(" · ")


def _kept(find: str) -> str:
    """Return the search as far as a control can hold it."""
    return find[:FIND_MAX]


def _has(count: Figure) -> bool:
    return bool(count.value)


def _colour(rows: Sequence[CommandRow], troubled: Sequence[CallLine]) -> Colour:
    if any(call.problem for call in troubled):
        return Colour.CRITICAL
    if troubled or any(_has(row.errors) for row in rows):
        return Colour.WARNING
    return Colour.GOOD if rows else Colour.NEUTRAL
