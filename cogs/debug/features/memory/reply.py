"""MemoryAnswer → the reply of /debug memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import discord

from cogs.debug.features.memory.actions import ShowMemory
from cogs.debug.ui.chart_lines import line, marks, restarts, span
from cogs.debug.ui.grades import Field, grade_of, thresholds_of
from cogs.debug.ui.reply import Button, Reply
from cogs.debug.ui.windows import WINDOWS, Window, window_menu
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.process.samplers import MemoryReport
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.timeseries.trend import CONFIDENCE, POINTS_MIN, WARM_UP, Trend
from services.debugcog.units import duration, human

HOURS = 24.0
"""Of a day: a growth of less than 1 MB an hour is told for a day."""


@dataclass(frozen=True, slots=True)
class MemoryAnswer:
    """What is known of the memory.

    Attributes:
        report: of the process.
        trend: of its memory in this run; None while there are too few values.
        points: of its memory, in the window.
        starts: of this run and of earlier ones in the window, unix seconds.
        rule_status: of the rule for memory; None where there is none.
        now: unix seconds.
    """

    report: MemoryReport
    trend: Trend | None
    points: Sequence[Point]
    starts: Sequence[float]
    rule_status: RuleStatus | None
    now: float


def memory_reply(answer: MemoryAnswer, window: Window) -> Reply:
    """Render what the process holds; what the system does not tell is left out."""
    fields = tuple(_fields(answer))
    embed = discord.Embed(
        title=f"Memory · last {WINDOWS[window][1]}",
        colour=grade_of(answer.rule_status).value,
        timestamp=discord.utils.utcnow(),
    )
    for field in fields:
        embed.add_field(name=field.title, value=field.text)
    embed.set_footer(text=f"Up {duration(answer.report.uptime)}")
    return Reply(
        embeds=(embed,),
        controls=(window_menu(ShowMemory, window), Button("Refresh", ShowMemory(window))),
        chart=_chart(answer, answer.now - WINDOWS[window][0]),
    )


def _fields(answer: MemoryAnswer) -> Iterator[Field]:
    report = answer.report
    yield Field("This process", _process_text(report), grade_of(answer.rule_status))
    yield Field("Trend", _trend_text(answer))
    if report.system_total_mb is not None:
        yield Field("Container" if report.contained else "Machine", _system_text(report))
    threads = f"**{report.threads}** threads\n{report.tasks:,} tasks"
    yield Field("Threads and tasks", threads)
    if report.descriptors is not None:
        yield Field("Open files", f"**{report.descriptors:,}**\nsockets included")
    yield Field("Garbage collector", _collector_text(report))


def _process_text(report: MemoryReport) -> str:
    figures = (
        (report.rss_mb, "**{}** resident"),
        (report.peak_mb, "peak of this run {}"),
        (report.uss_mb, "{} private"),
    )
    known = [text.format(human(mb, "MB")) for mb, text in figures if mb is not None]
    return "\n".join(known) or "not told by the system"


def _system_text(report: MemoryReport) -> str:
    total, available = report.system_total_mb or 0.0, report.system_available_mb
    if available is None:
        return f"**{human(total, 'MB')}**"
    left = "left of its limit" if report.contained else "available"
    return (
        f"**{human(total - available, 'MB')}** of {human(total, 'MB')} used\n"
        f"{human(available, 'MB')} {left}"
    )


def _trend_text(answer: MemoryAnswer) -> str:
    trend = answer.trend
    if trend is None:
        return f"not known yet: needs {POINTS_MIN} values after the first {duration(WARM_UP)}"
    over = f"over the last {duration(trend.seconds)}"
    if not trend.clear or abs(trend.slope) * HOURS < 1:
        return f"**none** {over}"
    ends = f"{_rate(trend.low)} to {_rate(trend.high)}"
    lines = (f"**{_rate(trend.slope)}** {over}", f"{CONFIDENCE}% sure: {ends}")
    return "\n".join((*lines, *_forecast(answer, trend)))


def _rate(slope: float) -> str:
    """Write MB an hour."""
    sign, size = "-" if slope < 0 else "+", abs(slope)
    text = f"{human(size, 'MB')}/h" if size >= 1 else f"{human(size * HOURS, 'MB')}/day"
    return sign + text


def _forecast(answer: MemoryAnswer, trend: Trend) -> Iterator[str]:
    """Say which limit comes first if it goes on like this, and when."""
    if trend.slope <= 0:
        return
    report, status = answer.report, answer.rule_status
    warning = status.rule.threshold(Severity.WARNING) if status else None
    rooms: list[tuple[float, str]] = []
    if warning is not None and report.rss_mb is not None and warning > report.rss_mb:
        rooms.append((warning - report.rss_mb, f"{human(warning, 'MB')} (warning)"))
    if report.contained and report.system_available_mb:
        rooms.append((report.system_available_mb, "the container's limit"))
    if rooms:
        room, name = min(rooms)
        yield f"reaches {name} in about {duration(room / trend.slope * 3600)}"


def _collector_text(report: MemoryReport) -> str:
    runs = " / ".join(f"{runs:,}" for runs in report.collections)
    return f"**{runs}** runs\n{report.uncollectable:,} uncollectable"


def _chart(answer: MemoryAnswer, since: float) -> ChartSpec:
    rule = answer.rule_status.rule if answer.rule_status else None
    breaks = restarts(answer.points, answer.starts)
    start, end = span(answer.points, since, answer.now)
    return ChartSpec(
        title="Memory of the process",
        unit="MB",
        lines=(line("memory", answer.points, lambda point: point.maximum, breaks),),
        thresholds=thresholds_of(rule),
        spans=(),
        start=start,
        end=end,
        marks=marks(breaks),
    )
