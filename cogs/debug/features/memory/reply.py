"""MemoryAnswer → the reply of /debug memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord

from cogs.debug.features.memory.actions import ShowMemory, TakeCensus, Trace
from cogs.debug.ui.grades import Field, grade_of
from cogs.debug.ui.reply import FIELD_VALUE_MAX, Button, Colour, Reply
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.caches import CacheCount
from services.debugcog.answers.growth import Growth
from services.debugcog.answers.memory import MemoryAnswer
from services.debugcog.timeseries.trend import POINTS_MIN, WARM_UP
from services.debugcog.units import duration
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import clip

WORDS = {
    "leak": "🔴 Leaking",
    "cache": "✅ A cache",
    "steady": "✅ Steady",
    "unknown": "Not known yet",
}
"""Answers to whether it leaks."""
KEPT = "What discord.py keeps"
"""A field of its own width: a phone breaks its lines otherwise."""
OFF = "Whether it leaks is not measured: `METRICS_ENABLED=false`."
COUNT = "To learn what grows, press **Count objects**, and again a few minutes later."


def memory_reply(answer: MemoryAnswer) -> Reply:
    """Render what the process holds; what the system does not tell is left out."""
    leaks = answer.verdict.kind == "leak"
    embed = discord.Embed(
        title=f"Memory · last {WINDOWS[answer.window][1]}",
        description=_verdict_text(answer),
        colour=(Colour.CRITICAL if leaks else grade_of(answer.resident.severity)).value,
        timestamp=discord.utils.utcnow(),
    )
    for field in _fields(answer):
        embed.add_field(name=field.title, value=field.text, inline=field.name != KEPT)
    embed.set_footer(text=f"Up {answer.uptime.text}")
    buttons = (
        Button("Refresh", ShowMemory(answer.window)),
        Button("Count objects", TakeCensus(answer.window)),
        Button("Trace lines", Trace("show", answer.window)),
    )
    return Reply(
        embeds=(embed,),
        controls=(window_menu(ShowMemory, answer.window), *buttons),
        chart=answer.chart,
    )


def _fields(answer: MemoryAnswer) -> Iterator[Field]:
    yield Field("This process", _process_text(answer), grade_of(answer.resident.severity))
    yield Field("Trend", _trend_text(answer.growth) if answer.enabled else "not measured")
    if answer.total.value is not None:
        yield Field("Container" if answer.contained else "Machine", _system_text(answer))
    threads = f"**{answer.threads.text}** threads\n{answer.tasks.text} tasks"
    yield Field("Threads and tasks", threads)
    if answer.descriptors.value is not None:
        yield Field("Open files", f"**{answer.descriptors.text}**\nsockets included")
    yield Field("Garbage collector", _collector_text(answer))
    if answer.caches:
        yield Field(KEPT, _caches_text(answer.caches))


def _process_text(answer: MemoryAnswer) -> str:
    figures = (
        (answer.resident, "**{}** resident"),
        (answer.peak, "peak of this run {}"),
        (answer.private, "{} private"),
    )
    known = [text.format(figure.text) for figure, text in figures if figure.value is not None]
    return "\n".join(known) or "not reported by the system"


def _trend_text(growth: Growth | None) -> str:
    """Say how the memory of this run moves, over which time, and how sure that is."""
    if growth is None:
        return f"not known yet: needs {POINTS_MIN} values after the first {duration(WARM_UP)}"
    over = f"over the last {growth.seconds.text}"
    if growth.slope is None or growth.low is None or growth.high is None:
        return f"**none** {over}"
    sure = f"{growth.confidence}% sure: {growth.low.text} to {growth.high.text}"
    return f"**{growth.slope.text}** {over}\n{sure}"


def _system_text(answer: MemoryAnswer) -> str:
    if answer.available.value is None:
        return f"**{answer.total.text}**"
    left = "left of its limit" if answer.contained else "available"
    used = f"**{answer.used.text}** of {answer.total.text} used"
    return f"{used}\n{answer.available.text} {left}"


def _verdict_text(answer: MemoryAnswer) -> str:
    if not answer.enabled:
        return f"{OFF}\n{COUNT}"
    verdict = answer.verdict
    told = f"**{WORDS[verdict.kind]}**: {verdict.text}"
    return f"{told}\n{COUNT}" if verdict.kind in ("leak", "unknown") else told


def _caches_text(caches: Sequence[CacheCount]) -> str:
    lines = (
        f"{one.name} **{one.count.text}**" + (f" · {one.bound}" if one.bound else "")
        for one in caches
        if one.count.value or one.bound
    )
    return clip("\n".join(lines), FIELD_VALUE_MAX)


def _collector_text(answer: MemoryAnswer) -> str:
    runs = " / ".join(one.text for one in answer.collections)
    return f"**{runs}** runs\n{answer.uncollectable.text} uncollectable"
