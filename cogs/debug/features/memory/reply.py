"""MemoryReport and memory points → the reply of /debug memory."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from cogs.debug.features.memory.actions import ShowMemory
from cogs.debug.ui.chart_lines import line, span
from cogs.debug.ui.grades import Field, grade_of, thresholds_of
from cogs.debug.ui.reply import Button, Reply
from cogs.debug.ui.windows import WINDOWS, Window, window_menu
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.process.samplers import MemoryReport
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.units import duration, human

TREND_POINTS_MIN = 6


def memory_reply(
    report: MemoryReport,
    points: Sequence[Point],
    window: Window,
    rule_status: RuleStatus | None,
    now: float,
) -> Reply:
    """Render what the process holds.

    Args:
        report: of the process.
        points: of its memory, in the window.
        window: its name.
        rule_status: of the rule for memory; None where there is none.
        now: unix seconds.
    """
    fields = _fields(report, points, rule_status)
    embed = discord.Embed(
        title=f"Memory · last {WINDOWS[window][1]}",
        colour=fields[0].grade.value,
        timestamp=discord.utils.utcnow(),
    )
    for field in fields:
        embed.add_field(name=field.title, value=field.text)
    embed.set_footer(text=f"Up {duration(report.uptime)}")
    return Reply(
        embeds=(embed,),
        controls=(window_menu(ShowMemory, window), Button("Refresh", ShowMemory(window))),
        chart=_chart(points, rule_status, span(points, now - WINDOWS[window][0], now)),
    )


def trend(points: Sequence[Point]) -> float | None:
    """Fit a line through the points: growth in MB an hour; None when they are too few."""
    known = [(point.time, point.mean) for point in points]
    if len(known) < TREND_POINTS_MIN:
        return None
    middle = sum(time for time, _ in known) / len(known)
    level = sum(value for _, value in known) / len(known)
    spread = sum((time - middle) ** 2 for time, _ in known)
    slope = sum((time - middle) * (value - level) for time, value in known) / spread
    return slope * 3600


def _fields(
    report: MemoryReport, points: Sequence[Point], rule_status: RuleStatus | None
) -> tuple[Field, ...]:
    used = report.system_total_mb - report.system_available_mb
    return (
        Field("This process", _process_text(report), grade_of(rule_status)),
        Field("Trend", _trend_text(points, report.rss_mb, rule_status)),
        Field(
            "Machine",
            f"**{human(used, 'MB')}** of {human(report.system_total_mb, 'MB')} used\n"
            f"{human(report.system_available_mb, 'MB')} available",
        ),
        Field("Threads and tasks", f"**{report.threads}** threads\n{report.tasks:,} tasks"),
        Field("Open files", f"**{report.descriptors:,}**\nsockets included"),
        Field("Garbage collector", _collector_text(report)),
    )


def _process_text(report: MemoryReport) -> str:
    own = f"\n{human(report.uss_mb, 'MB')} private" if report.uss_mb is not None else ""
    return f"**{human(report.rss_mb, 'MB')}** resident\npeak {human(report.peak_mb, 'MB')}{own}"


def _trend_text(points: Sequence[Point], rss_mb: float, rule_status: RuleStatus | None) -> str:
    growth = trend(points)
    if growth is None:
        return "too few samples yet"
    if abs(growth) < 1:
        return "**steady**"
    text = f"**{growth:+.0f} MB** an hour"
    warning = rule_status.rule.threshold(Severity.WARNING) if rule_status else None
    headroom = 0.0 if warning is None else warning - rss_mb
    if growth > 0 and headroom > 0:
        text += f"\nwarning level in {duration(headroom / growth * 3600)}"
    return text


def _collector_text(report: MemoryReport) -> str:
    runs = " / ".join(f"{runs:,}" for runs in report.collections)
    return f"**{runs}** runs\n{report.uncollectable:,} uncollectable"


def _chart(
    points: Sequence[Point], rule_status: RuleStatus | None, edges: tuple[float, float]
) -> ChartSpec:
    return ChartSpec(
        title="Memory of the process",
        unit="MB",
        lines=(line("memory", points, lambda point: point.maximum),),
        thresholds=thresholds_of(rule_status.rule if rule_status else None),
        spans=(),
        start=edges[0],
        end=edges[1],
    )
