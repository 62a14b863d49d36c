"""OverviewAnswer → the reply of /debug overview."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from cogs.debug.features.overview.actions import ShowOverview
from cogs.debug.ui.escaping import prose
from cogs.debug.ui.grades import Field, grade_of, graded, worst
from cogs.debug.ui.reply import Button, Colour, Reply
from cogs.debug.ui.times import ago
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.health import Health, Reason
from services.debugcog.answers.operations import Cost, Delivery, Limits
from services.debugcog.answers.overview import OverviewAnswer
from services.debugcog.charting.sparklines import SparklinesSpec
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import clip, noun

REASONS_MAX = 6
REASON_MAX = 240
SENTENCE_MAX = 300
UNMARKED = "❔"


def overview_reply(answer: OverviewAnswer, picture: SparklinesSpec) -> Reply:
    """Render everything in one glance, what is wrong first."""
    embed = discord.Embed(
        title=f"Overview · last {WINDOWS[answer.window][1]}",
        description="\n".join((_description(answer.health), *_next(answer))),
        colour=grade_of(answer.health.severity).value,
        timestamp=discord.utils.utcnow(),
    )
    for field in _fields(answer):
        embed.add_field(name=field.title, value=field.text)
    if answer.trouble:
        embed.set_footer(text=answer.trouble)
    refresh = Button("Refresh", ShowOverview(answer.window))
    controls = (window_menu(ShowOverview, answer.window), refresh)
    return Reply(embeds=(embed,), controls=controls, chart=picture)


def _description(health: Health) -> str:
    """Say how the bot is, and list the reasons where there are several."""
    mark = UNMARKED if health.severity is None else health.severity.mark
    lines = [f"{mark} **{prose(clip(health.sentence, SENTENCE_MAX))}**"]
    if len(health.reasons) > 1 or any(one.since for one in health.reasons):
        lines += [_reason(one) for one in health.reasons[:REASONS_MAX]]
    if len(health.reasons) > REASONS_MAX:
        lines.append(f"and {len(health.reasons) - REASONS_MAX} more: `/debug alerts`")
    return "\n".join(lines)


def _reason(reason: Reason) -> str:
    text = reason.text if reason.has_code else prose(clip(reason.text, REASON_MAX))
    since = f" · {ago(reason.since)}" if reason.since else ""
    return f"{reason.severity.mark} {text}{since}"


def _next(answer: OverviewAnswer) -> Iterator[str]:
    """Say which commands tell more of what is marked."""
    tiles, behind = answer.tiles, answer.operations
    marked = {
        "`/debug commands`": tiles.response_time.average,
        "`/debug errors`": tiles.errors.rate,
        "`/debug memory`": tiles.memory.now,
        "`/debug loop`": behind.event_loop.p99,
    }
    more = [command for command, figure in marked.items() if figure.severity]
    if behind.crashes.count.value:
        more.append("`/debug alerts find:crash`")
    if more or answer.health.severity:
        yield f"→ {', '.join(more) or '`/debug alerts`, `/debug diagnose`'}"


def _fields(answer: OverviewAnswer) -> Iterator[Field]:
    tiles, behind = answer.tiles, answer.operations
    yield Field("People", _people(answer))
    response = tiles.response_time
    text = f"avg **{response.average.text}**\np95 {response.p95.text}"
    yield graded(response.title, text, response.average, response.now)
    yield graded("Errors", _errors(answer), tiles.errors.rate, tiles.errors.now)
    memory = tiles.memory
    text = f"**{memory.now.text}**\nCPU {memory.cpu.text} {memory.cpu.mark}".rstrip()
    yield Field("Memory and CPU", text, grade_of(memory.now.severity))
    loop = behind.event_loop
    stalls = f"{loop.stalls.text} {noun(round(loop.stalls.value or 0), 'stall')}"
    text = f"lag p99 **{loop.p99.text}**\n{stalls}"
    yield Field("Event loop", text, grade_of(loop.p99.severity))
    yield Field("Gateway", _gateway(answer))
    yield Field("Discord's limits", _limits(behind.limits), _worst_of(behind.limits))
    yield Field("Alert delivery", _delivery(behind.delivery))
    yield Field("This run", _run(answer))
    yield Field("The cog itself", _cost(behind.cost))


def _people(answer: OverviewAnswer) -> str:
    users, messages = answer.tiles.active_users, answer.tiles.messages
    return "\n".join(
        (
            f"{_many(users.now, 'active user')}{_before(users.yesterday)}",
            f"{_many(messages.hour, 'message')} per hour{_before(messages.yesterday)}",
        )
    )


def _many(figure: Figure, what: str) -> str:
    """Write a count with its noun, where it is known."""
    return f"**{figure.text}** {noun(round(figure.value or 0), what)}"


def _before(figure: Figure) -> str:
    return "" if figure.value is None else f" (yesterday {figure.text})"


def _errors(answer: OverviewAnswer) -> str:
    errors = answer.tiles.errors
    if errors.rate.value is None:
        return f"**{errors.count.text}**"
    return f"**{errors.rate.text}** of messages\n{errors.count.text} in all"


def _gateway(answer: OverviewAnswer) -> str:
    gateway, uptime = answer.operations.gateway, answer.tiles.uptime
    shards = f"{gateway.connected.text} of {gateway.shards.text} shards connected"
    if gateway.shards.value == 1:
        shards = "connected" if gateway.connected.value else "**not connected**"
    servers = f"{uptime.guilds.text} {noun(round(uptime.guilds.value or 0), 'server')}"
    mark = f" {uptime.latency.mark}".rstrip()
    return f"**{uptime.latency.text}**{mark}, {shards}\n{servers}"


def _limits(limits: Limits) -> str:
    starts = f"**{limits.identifies.text}**{_of(limits.identifies_of)} session starts left"
    return f"{starts}\n**{limits.invalid.text}**{_of(limits.invalid_of)} invalid requests"


def _of(most: Figure) -> str:
    return "" if most.value is None else f" of {most.text}"


def _worst_of(limits: Limits) -> Colour:
    return worst(grade_of(one.severity) for one in (limits.identifies, limits.invalid))


def _delivery(delivery: Delivery) -> str:
    if delivery.waiting.value is None:
        return "no channel: `ALERT_CHANNEL_ID`"
    given_up = f"\n{delivery.given_up.text} given up today" if delivery.given_up.value else ""
    waiting = f"**{delivery.waiting.text}** waiting" if delivery.waiting.value else "**all sent**"
    return f"{waiting}{given_up}"


def _run(answer: OverviewAnswer) -> str:
    crashes = answer.operations.crashes
    last = f", {ago(crashes.last)}" if crashes.last else ""
    word = noun(round(crashes.count.value or 0), "crash", "crashes")
    told = "no crash" if crashes.count.value == 0 else f"**{crashes.count.text}** {word}"
    return f"up **{answer.tiles.uptime.uptime.text}**\n{told} since yesterday{last}"


def _cost(cost: Cost) -> str:
    """Say what is measured, and nothing of what is not."""
    lines = [
        f"**{cost.cpu.text}** of a CPU, {cost.loop.text} on the loop" if cost.cpu.value else "",
        f"+{cost.memory.text} while it started" if cost.memory.value else "",
    ]
    return "\n".join(filter(None, lines)) or "not reported by the system"
