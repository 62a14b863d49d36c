"""AllocationsAnswer → the replies of /debug memory about tracemalloc, from its cost to its end."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from cogs.debug.features.memory.actions import ShowMemory, StartTracing, Trace
from cogs.debug.ui.escaping import inline
from cogs.debug.ui.reply import Button, Colour, Reply
from services.debugcog.answers.allocations import AllocationsAnswer, LineRow
from services.debugcog.units import duration
from services.debugcog.windows import Window
from services.debugcog.wording import counted

HOSTS = "Your bot runs `tracemalloc` itself; it is left alone, and what it finds is yours to read."
COST = (
    "While it runs, code that allocates is **11 to 37 times slower**, and each object takes more "
    "memory. It stops by itself, which holds the bot up for 0.2 s per million objects. "
    "**Show** then lists the memory allocated since and still held, by line."
)
MINUTES = (5, 15, 60)
PLACE_MAX = 90
DANGER = discord.ButtonStyle.danger


def asking(window: Window) -> Reply:
    """Say what it costs, and ask; the window is that of the memory, which it leads back to."""
    starts = tuple(
        Button(f"Start for {each} min", StartTracing(each, window), style=DANGER)
        for each in MINUTES
    )
    return _reply("Trace allocations?", COST, *starts, _memory(window), colour=Colour.WARNING)


def started(minutes: int, window: Window) -> Reply:
    """Say that it runs, and until when."""
    text = f"It stops by itself in {minutes} min. Let the bot work for a while, then press Show."
    return _reply("Tracing allocations", text, *_running(window), colour=Colour.WARNING)


def stopped(window: Window, *, was_running: bool) -> Reply:
    """Say that it does not run any more."""
    text = "It no longer costs anything." if was_running else "It was not running."
    return _reply("Tracing stopped", text, _memory(window))


def held(answer: AllocationsAnswer, left: float, window: Window) -> Reply:
    """Render what is held, the lines that hold most first."""
    title = f"Allocated in the last {answer.seconds.text} and still held, by line"
    reply = _reply(title, "\n".join(_lines(answer)), *_running(window), _memory(window))
    reply.embeds[0].set_footer(
        text=f"stops by itself in {duration(left)} · tracing takes {answer.cost.text} · "
        f"this paused the bot for {answer.paused.text}"
    )
    return reply


def _running(window: Window) -> tuple[Button, Button]:
    stop = Button("Stop tracing", Trace("stop", window), style=DANGER)
    return Button("Show", Trace("show", window)), stop


def _memory(window: Window) -> Button:
    return Button("Memory", ShowMemory(window))


def _lines(answer: AllocationsAnswer) -> Iterator[str]:
    yield f"**{answer.size.text}** in all, {answer.host.text} of it allocated by your lines."
    for row in answer.rows:
        yield from _row(row)
    if not answer.rows:
        yield "None of your lines holds memory allocated since then."


def _row(row: LineRow) -> Iterator[str]:
    yield (
        f"**{row.size.text}** {inline(row.place, PLACE_MAX)} · "
        f"{counted(round(row.count.value or 0), 'block')} · "
        f"+{row.an_hour.text}/h"
    )
    if row.source:
        yield f"-# {inline(row.source, 102)}"


def _reply(title: str, text: str, *controls: Button, colour: Colour = Colour.NEUTRAL) -> Reply:
    embed = discord.Embed(title=title, description=text, colour=colour.value)
    return Reply(embeds=(embed,), controls=controls)
