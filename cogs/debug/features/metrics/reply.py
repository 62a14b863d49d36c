"""Snapshot and response-time points → the reply of /debug metrics."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from cogs.debug.features.metrics.actions import ShowMetrics
from cogs.debug.ui.chart_lines import line, span
from cogs.debug.ui.grades import Field, RuleStatuses, grade_of, thresholds_of, worst
from cogs.debug.ui.reply import Button, Reply
from cogs.debug.ui.severity_labels import MARKS as SEVERITY_MARKS
from cogs.debug.ui.stall_labels import stall_count, worst_stall
from cogs.debug.ui.windows import WINDOWS, Window, window_menu
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.stalls.stall import StallSummary
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, VALUES
from services.debugcog.timeseries.snapshot import Point, Snapshot, Summary
from services.debugcog.units import duration, human

NOTHING = "nothing yet"
KNOWN = {*TIMINGS, *VALUES, *COUNTERS, "user_mistakes", "cancellations"}
"""Metrics that are shown elsewhere, or that the cog keeps for itself."""
OWN_MAX = 8
NO_STALLS = StallSummary()


def response_series(snapshot: Snapshot) -> str:
    """Name the series that tells response times best.

    A host that times its replies has ``total_response_time``; for any other the cog's own
    ``command`` timer, from interaction to completion, is what there is.
    """
    host, own = snapshot.series["total_response_time"], snapshot.series.get("command")
    return "command" if own and own.count and not host.count else "total_response_time"


def metrics_reply(
    snapshot: Snapshot,
    points: Sequence[Point],
    window: Window,
    rules: RuleStatuses,
    stalls: StallSummary = NO_STALLS,
    *,
    enabled: bool = True,
) -> Reply:
    """Render the numbers, and the chart of the series that ``response_series`` named.

    Args:
        snapshot: of the window.
        points: of that series.
        window: its name.
        rules: as they stand now; the marks are theirs, whatever the window.
        stalls: of the event loop, in the window.
        enabled: whether metrics are collected.
    """
    fields = _fields(snapshot, rules, stalls)
    embed = discord.Embed(
        title=f"Metrics · last {WINDOWS[window][1]}",
        colour=worst(field.grade for field in fields).value,
        timestamp=discord.utils.utcnow(),
    )
    for field in fields:
        embed.add_field(name=field.title, value=field.text)
    own = _own(snapshot)
    if own:
        embed.add_field(name="Your own metrics", value=own, inline=False)
    embed.description = _alerts(rules) if enabled else "Metrics are off: `METRICS_ENABLED=false`."
    embed.set_footer(text=f"Up {duration(snapshot.uptime)}")
    return Reply(
        embeds=(embed,),
        controls=(window_menu(ShowMetrics, window), Button("Refresh", ShowMetrics(window))),
        chart=_chart(snapshot, points, rules),
    )


def _alerts(rules: RuleStatuses) -> str | None:
    """Say how many alerts are open."""
    incidents = [one.incident for one in rules.values() if one.incident]
    if not incidents:
        return None
    mark = SEVERITY_MARKS[max(incident.severity for incident in incidents)]
    alerts = "1 alert is" if len(incidents) == 1 else f"{len(incidents)} alerts are"
    return f"{mark} {alerts} open: `/debug alerts`"


def _fields(snapshot: Snapshot, rules: RuleStatuses, stalls: StallSummary) -> tuple[Field, ...]:
    series = snapshot.series
    heard = series["voice_transcription"]
    return (
        _response(snapshot, rules),
        _timing("LLM", series["llm_generation"]),
        _timing("TTS", series["tts_generation"]),
        *([_timing("Transcription", heard)] if heard.count else []),
        _tokens(snapshot, rules),
        _errors(snapshot, rules),
        _calls(snapshot),
        _memory(series["memory_usage_mb"], series["temp_files_mb"], rules),
        _loop(series.get("event_loop_lag_ms"), rules, stalls),
        _gateway(snapshot),
    )


def _response(snapshot: Snapshot, rules: RuleStatuses) -> Field:
    name = response_series(snapshot)
    summary = snapshot.series[name]
    title = "Response time" if name == "total_response_time" else "Command time"
    return Field(title, _timing_text(summary), grade_of(rules.get("response_time")))


def _timing(name: str, summary: Summary) -> Field:
    return Field(name, _timing_text(summary))


def _timing_text(summary: Summary) -> str:
    if not summary.count:
        return NOTHING
    failed = f"\n{summary.failed:,} failed" if summary.failed else ""
    return (
        f"avg **{human(summary.mean, 'ms')}**\n"
        f"p95 {human(summary.p95, 'ms')}\nmax {human(summary.maximum, 'ms')}\n"
        f"{summary.count:,} timed{failed}"
    )


def _tokens(snapshot: Snapshot, rules: RuleStatuses) -> Field:
    sent, received = snapshot.series["tokens_input"], snapshot.series["tokens_output"]
    if not sent.count:
        return Field("Tokens", NOTHING)
    text = f"**{sent.mean:,.0f}** a request\nin {sent.total:,.0f} · out {received.total:,.0f}"
    return Field("Tokens", text, grade_of(rules.get("tokens")))


def _errors(snapshot: Snapshot, rules: RuleStatuses) -> Field:
    messages, errors = snapshot.counters["messages_processed"], snapshot.errors
    if not messages:
        return Field("Errors", f"**{errors:,}**")
    grade = grade_of(rules.get("error_rate"))
    rate = human(snapshot.error_rate, "%")
    return Field("Errors", f"**{rate}** of messages\n{errors:,} of {messages:,}", grade)


def _calls(snapshot: Snapshot) -> Field:
    looked = snapshot.counters["cache_hits"] + snapshot.counters["cache_misses"]
    cache = f"cache hits {human(snapshot.cache_hit_rate, '%')}" if looked else "no cache calls"
    return Field("API calls", f"**{snapshot.counters['api_calls']:,}**\n{cache}")


def _memory(summary: Summary, files: Summary, rules: RuleStatuses) -> Field:
    if summary.last is None:
        return Field("Memory", NOTHING)
    text = f"**{human(summary.last, 'MB')}**\npeak {human(summary.maximum, 'MB')}"
    if files.last is not None:
        text += f"\ntemporary files {human(files.last, 'MB')}"
    return Field("Memory", text, grade_of(rules.get("memory")))


def _loop(summary: Summary | None, rules: RuleStatuses, stalls: StallSummary) -> Field:
    if summary is None or not summary.count:
        return Field("Event loop", NOTHING)
    text = f"lag p99 **{human(summary.p99, 'ms')}**\nmax {human(summary.maximum, 'ms')}"
    if stalls.worst is not None:
        text += f"\n{stall_count(stalls)}, {worst_stall(stalls.worst)}"
    return Field("Event loop", text, grade_of(rules.get("event_loop")))


def _gateway(snapshot: Snapshot) -> Field:
    latency = snapshot.series.get("gateway_latency_ms")
    if latency is None or latency.last is None:
        return Field("Gateway", NOTHING)
    return Field("Gateway", f"**{human(latency.last, 'ms')}**\np95 {human(latency.p95, 'ms')}")


def _own(snapshot: Snapshot) -> str:
    """List what the host records under names of its own, the first by name."""
    lines = [
        f"`{name}` **{human(one.last, '')}** now, avg {human(one.mean, '')}, "
        f"p95 {human(one.p95, '')}, max {human(one.maximum, '')}"
        for name, one in sorted(snapshot.series.items())
        if name not in KNOWN and one.last is not None and one.count
    ]
    lines += [
        f"`{name}` **{amount:,}**"
        for name, amount in sorted(snapshot.counters.items())
        if name not in KNOWN and amount
    ]
    left_out = len(lines) - OWN_MAX
    more = [f"and {left_out} more"] if left_out > 0 else []
    return "\n".join(lines[:OWN_MAX] + more)


def _chart(snapshot: Snapshot, points: Sequence[Point], rules: RuleStatuses) -> ChartSpec:
    name, response = response_series(snapshot), rules.get("response_time")
    start, end = span(points, snapshot.taken_at - snapshot.window, snapshot.taken_at)
    return ChartSpec(
        title="Response time" if name == "total_response_time" else "Command time",
        unit="ms",
        lines=(
            line("average", points, lambda point: point.mean),
            line("p95", points, lambda point: point.p95),
        ),
        thresholds=thresholds_of(response.rule if response else None),
        spans=(),
        start=start,
        end=end,
    )
