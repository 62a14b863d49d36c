"""MetricsAnswer → the reply of /debug metrics."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from cogs.debug.features.metrics.actions import ShowMetrics
from cogs.debug.ui.grades import Field, grade_of, graded, worst
from cogs.debug.ui.reply import Button, Colour, Reply
from cogs.debug.ui.stall_labels import stall_count, worst_stall
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.metric_figures import (
    Calls,
    Errors,
    EventLoop,
    Gateway,
    Memory,
    OwnMetric,
    Timing,
    Tokens,
)
from services.debugcog.answers.metrics import MetricsAnswer
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import noun

NOTHING = "nothing yet"
NONE_NOW = "none in this window"
OWN_MAX = 8


def metrics_reply(answer: MetricsAnswer) -> Reply:
    """Render the numbers, and the chart of response times."""
    fields = tuple(_fields(answer))
    embed = discord.Embed(
        title=f"Metrics · last {WINDOWS[answer.window][1]}",
        colour=worst((*(field.grade for field in fields), *map(_grade, answer.own))).value,
        timestamp=discord.utils.utcnow(),
    )
    for field in fields:
        embed.add_field(name=field.title, value=field.text)
    if answer.own:
        embed.add_field(name="Your own metrics", value=_own(answer.own), inline=False)
    off = "Metrics are off: `METRICS_ENABLED=false`."
    embed.description = _alerts(answer.alerts) if answer.enabled else off
    embed.set_footer(text=f"Up {answer.uptime.text}")
    refresh = Button("Refresh", ShowMetrics(answer.window))
    return Reply(
        embeds=(embed,),
        controls=(window_menu(ShowMetrics, answer.window), refresh),
        chart=answer.chart,
    )


def _grade(own: OwnMetric) -> Colour:
    return grade_of(own.last.severity)


def _alerts(alerts: Figure) -> str | None:
    """Say how many alerts are open."""
    if not alerts.value:
        return None
    said = "1 alert is" if alerts.value == 1 else f"{alerts.text} alerts are"
    return f"{alerts.mark} {said} open: `/debug alerts`"


def _fields(answer: MetricsAnswer) -> Iterator[Field]:
    for timing in answer.timings:
        yield graded(timing.title, _timing_text(timing), timing.average, timing.now)
    if answer.tokens is not None:
        tokens = answer.tokens
        yield graded("Tokens", _tokens_text(tokens), tokens.per_request, tokens.now)
    yield _errors(answer.errors)
    if answer.calls is not None:
        yield Field("API calls", _calls_text(answer.calls))
    yield _memory(answer.memory)
    yield _event_loop(answer.event_loop)
    yield _gateway(answer.gateway)


def _timing_text(timing: Timing) -> str:
    if timing.average.value is None:
        return NONE_NOW if timing.recorded else NOTHING
    failed = f"\n{timing.failed.text} failed" if timing.failed.value else ""
    return (
        f"avg **{timing.average.text}**\np95 {timing.p95.text}\nmax {timing.maximum.text}\n"
        f"{timing.calls.text} {noun(round(timing.calls.value or 0), 'call')}{failed}"
    )


def _tokens_text(tokens: Tokens) -> str:
    if tokens.per_request.value is None:
        return NONE_NOW
    apart = f"in {tokens.sent.text} · out {tokens.received.text}"
    used = apart if tokens.used.value is None else f"{tokens.used.text} used"
    return f"**{tokens.per_request.text}** per request\n{used}"


def _errors(errors: Errors) -> Field:
    if errors.rate.value is None:
        return Field("Errors", f"**{errors.count.text}**")
    of = f"{errors.count.text} of {errors.messages.text}"
    return graded("Errors", f"**{errors.rate.text}** of messages\n{of}", errors.rate, errors.now)


def _calls_text(calls: Calls) -> str:
    looked = calls.hit_rate.value is not None
    cache = f"\ncache hits {calls.hit_rate.text}" if looked else ""
    return f"**{calls.calls.text}**{cache}"


def _memory(memory: Memory) -> Field:
    if memory.resident.value is None:
        return Field("Memory", NOTHING)
    figures = (
        (memory.resident, "**{}**"),
        (memory.peak, "peak of this run {}"),
        (memory.files, "temporary files {}"),
    )
    lines = [text.format(figure.text) for figure, text in figures if figure.value is not None]
    return Field("Memory", "\n".join(lines), grade_of(memory.resident.severity))


def _event_loop(loop: EventLoop) -> Field:
    if loop.p99.value is None:
        return Field("Event loop", NOTHING)
    text = f"lag p99 **{loop.p99.text}**\nmax {loop.maximum.text}"
    if loop.stalls.worst is not None:
        text += f"\n{stall_count(loop.stalls)}, {worst_stall(loop.stalls.worst)}"
    return graded("Event loop", text, loop.p99, loop.now)


def _gateway(gateway: Gateway) -> Field:
    if gateway.latency.value is None:
        return Field("Gateway", NOTHING)
    text = f"**{gateway.latency.text}**\np95 {gateway.p95.text}"
    return Field("Gateway", text, grade_of(gateway.latency.severity))


def _own(own: tuple[OwnMetric, ...]) -> str:
    """List what the host records under names of its own, the first of them."""
    lines = [_own_line(one) for one in own[:OWN_MAX]]
    more = [f"and {len(own) - OWN_MAX} more"] if len(own) > OWN_MAX else []
    return "\n".join(lines + more)


def _own_line(own: OwnMetric) -> str:
    if own.count.value is not None:
        return f"`{own.name}` **{own.count.text}**"
    bad = f"{own.last.mark} " if own.last.severity else ""
    return (
        f"{bad}`{own.name}` **{own.last.text}** now, avg {own.average.text}, "
        f"p95 {own.p95.text}, max {own.maximum.text}"
    )
