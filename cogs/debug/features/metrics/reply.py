"""Snapshot and response-time points → the reply of /debug metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import discord

from cogs.debug.features.metrics.actions import ShowMetrics
from cogs.debug.ui.chart_lines import line, marks, restarts, span
from cogs.debug.ui.grades import Field, RuleStatuses, grade_of, thresholds_of, worst
from cogs.debug.ui.reply import Button, Reply
from cogs.debug.ui.severity_labels import MARKS as SEVERITY_MARKS
from cogs.debug.ui.stall_labels import stall_count, worst_stall
from cogs.debug.ui.windows import WINDOWS, Window, window_menu
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.reads import Quality
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.process.samplers import Run
from services.debugcog.stalls.stall import StallSummary
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, TOKENS, VALUES
from services.debugcog.timeseries.snapshot import Point, Snapshot, Summary
from services.debugcog.units import duration, human

NOTHING = "nothing yet"
NONE_NOW = "none in this window"
KNOWN = {*TIMINGS, *VALUES, *COUNTERS, "user_mistakes", "cancellations"}
"""Metrics that are shown elsewhere, or that the cog keeps for itself."""
OWN_MAX = 8
PARTS = {
    "llm_generation": "LLM",
    "tts_generation": "TTS",
    "voice_transcription": "Transcription",
}
"""Timings of a bot's work; they are shown once the bot has recorded them."""
CALLS = ("api_calls", "cache_hits", "cache_misses")
TITLES = {"total_response_time": "Response time", "command": "Command time"}
NO_STALLS = StallSummary()


def response_series(snapshot: Snapshot) -> str:
    """Name the series that tells response times best, which is also what the rule watches.

    A host that times its replies has ``total_response_time``; for any other the cog's own
    ``command`` timer, from interaction to completion, is what there is.
    """
    recorded = snapshot.recorded
    return "total_response_time" if "total_response_time" in recorded else "command"


def metrics_reply(
    snapshot: Snapshot,
    points: Sequence[Point],
    window: Window,
    rules: RuleStatuses,
    run: Run,
    stalls: StallSummary = NO_STALLS,
    *,
    starts: Sequence[float] = (),
    incidents: Sequence[Incident] = (),
    enabled: bool = True,
) -> Reply:
    """Render the numbers, and the chart of the series that ``response_series`` named.

    Args:
        snapshot: of the window.
        points: of that series.
        window: its name.
        rules: as they stand now; the marks are theirs, whatever the window.
        run: of the process.
        stalls: of the event loop, in the window.
        starts: of this run and of earlier ones in the window, unix seconds.
        incidents: the open ones.
        enabled: whether metrics are collected.
    """
    fields = tuple(_fields(snapshot, rules, run, stalls))
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
    off = "Metrics are off: `METRICS_ENABLED=false`."
    embed.description = _alerts(incidents) if enabled else off
    embed.set_footer(text=f"Up {duration(run.uptime)}")
    return Reply(
        embeds=(embed,),
        controls=(window_menu(ShowMetrics, window), Button("Refresh", ShowMetrics(window))),
        chart=_chart(snapshot, points, rules, starts),
    )


def _alerts(incidents: Sequence[Incident]) -> str | None:
    """Say how many alerts are open."""
    if not incidents:
        return None
    mark = SEVERITY_MARKS[max(incident.severity for incident in incidents)]
    alerts = "1 alert is" if len(incidents) == 1 else f"{len(incidents)} alerts are"
    return f"{mark} {alerts} open: `/debug alerts`"


def _fields(
    snapshot: Snapshot, rules: RuleStatuses, run: Run, stalls: StallSummary
) -> Iterator[Field]:
    """Show what the bot has; what it has never recorded is not shown, rather than as nothing."""
    series, recorded = snapshot.series, snapshot.recorded
    watched = response_series(snapshot)
    for name, title in TITLES.items():
        if name == watched or name in recorded:
            status = rules.get("response_time") if name == watched else None
            empty = NONE_NOW if name in recorded else NOTHING
            yield _graded(title, _timing_text(series[name], empty), status)
    for name, title in PARTS.items():
        if name in recorded:
            yield Field(title, _timing_text(series[name]))
    if not _none_recorded(snapshot, TOKENS):
        yield _graded("Tokens", _tokens_text(snapshot), rules.get("tokens"))
    yield _errors(snapshot, rules)
    if not _none_recorded(snapshot, CALLS):
        yield Field("API calls", _calls_text(snapshot))
    yield _memory(series["memory_usage_mb"], series["temp_files_mb"], rules, run)
    yield _loop(series["event_loop_lag_ms"], rules, stalls)
    yield _gateway(snapshot)


def _none_recorded(snapshot: Snapshot, names: Iterable[str]) -> bool:
    """Tell whether none of some metrics has ever had a value."""
    return not any(name in snapshot.recorded for name in names)


def _graded(name: str, text: str, status: RuleStatus | None) -> Field:
    """Show a window's figures with the rule's mark; where that warns, with what the rule reads."""
    if status and status.severity > Severity.OK and status.signal.quality is Quality.GOOD:
        value, unit = status.signal.value, status.rule.unit
        now = human(value, unit) if unit else f"{value:,.0f}"
        text += "" if f"**{now}**" in text else f"\nnow **{now}**"
    return Field(name, text, grade_of(status))


def _timing_text(summary: Summary, empty: str = NONE_NOW) -> str:
    if not summary.count:
        return empty
    calls = "call" if summary.count == 1 else "calls"
    failed = f"\n{summary.failed:,} failed" if summary.failed else ""
    return (
        f"avg **{human(summary.mean, 'ms')}**\n"
        f"p95 {human(summary.p95, 'ms')}\nmax {human(summary.maximum, 'ms')}\n"
        f"{summary.count:,} {calls}{failed}"
    )


def _tokens_text(snapshot: Snapshot) -> str:
    sent, received, used = (snapshot.series[name] for name in TOKENS)
    if sent.count:
        return f"**{sent.mean:,.0f}** per request\nin {sent.total:,.0f} · out {received.total:,.0f}"
    if used.count:
        return f"**{used.mean:,.0f}** per request\n{used.total:,.0f} used"
    return NONE_NOW


def _errors(snapshot: Snapshot, rules: RuleStatuses) -> Field:
    messages, errors = snapshot.counters["messages_processed"], snapshot.errors
    if not messages:
        return Field("Errors", f"**{errors:,}**")
    text = f"**{human(snapshot.error_rate, '%')}** of messages\n{errors:,} of {messages:,}"
    return _graded("Errors", text, rules.get("error_rate"))


def _calls_text(snapshot: Snapshot) -> str:
    looked = snapshot.counters["cache_hits"] + snapshot.counters["cache_misses"]
    cache = f"\ncache hits {human(snapshot.cache_hit_rate, '%')}" if looked else ""
    return f"**{snapshot.counters['api_calls']:,}**{cache}"


def _memory(summary: Summary, files: Summary, rules: RuleStatuses, run: Run) -> Field:
    if summary.last is None:
        return Field("Memory", NOTHING)
    text = f"**{human(summary.last, 'MB')}**"
    if run.peak_mb is not None:
        text += f"\npeak of this run {human(run.peak_mb, 'MB')}"
    if files.last is not None:
        text += f"\ntemporary files {human(files.last, 'MB')}"
    return Field("Memory", text, grade_of(rules.get("memory")))


def _loop(summary: Summary, rules: RuleStatuses, stalls: StallSummary) -> Field:
    if not summary.count:
        return Field("Event loop", NOTHING)
    text = f"lag p99 **{human(summary.p99, 'ms')}**\nmax {human(summary.maximum, 'ms')}"
    if stalls.worst is not None:
        text += f"\n{stall_count(stalls)}, {worst_stall(stalls.worst)}"
    return _graded("Event loop", text, rules.get("event_loop"))


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


def _chart(
    snapshot: Snapshot, points: Sequence[Point], rules: RuleStatuses, starts: Sequence[float]
) -> ChartSpec:
    response, breaks = rules.get("response_time"), restarts(points, starts)
    start, end = span(points, snapshot.taken_at - snapshot.window, snapshot.taken_at)
    return ChartSpec(
        title=TITLES[response_series(snapshot)],
        unit="ms",
        lines=(
            line("average", points, lambda point: point.mean, breaks),
            line("p95", points, lambda point: point.p95, breaks),
        ),
        thresholds=thresholds_of(response.rule if response else None),
        spans=(),
        start=start,
        end=end,
        marks=marks(breaks),
    )
