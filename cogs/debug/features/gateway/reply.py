"""GatewayAnswer → the reply of /debug gateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import discord

from cogs.debug.features.gateway.actions import AskStatusPage, ShowGateway
from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.grades import Field, grade_of, worst
from cogs.debug.ui.reply import DESCRIPTION_MAX, FIELD_VALUE_MAX, Button, Colour, Reply
from cogs.debug.ui.times import ago
from cogs.debug.ui.windows import window_menu
from services.debugcog.answers.gateway import DisconnectRow, GatewayAnswer, LimitRow
from services.debugcog.answers.gateway_verdict import Side, Verdict
from services.debugcog.answers.published import Shard
from services.debugcog.gateway.status_page import PAGE, Status
from services.debugcog.units import duration, human, utc_time
from services.debugcog.windows import WINDOWS
from services.debugcog.wording import clip, counted

NONE = "none"
LISTS = ("Disconnects", "Rate limits", "Events")
SHARDS_MAX, ROWS_MAX, EVENTS_MAX = 8, 6, 6
COLOURS: dict[Side, Colour] = {
    "discord": Colour.CRITICAL,
    "bot": Colour.WARNING,
    "both": Colour.WARNING,
    "none": Colour.GOOD,
}


def gateway_reply(answer: GatewayAnswer, status: Status | None = None) -> Reply:
    """Render it; what there is nothing of is left out.

    Args:
        answer: what is known.
        status: what Discord's status page says; None where nobody has asked.
    """
    fields = tuple(_fields(answer))
    grades = [field.grade for field in fields]
    embed = discord.Embed(
        title=f"Gateway · last {WINDOWS[answer.window][1]}",
        description=clip("\n".join(_head(answer.verdict, status)), DESCRIPTION_MAX),
        colour=worst([COLOURS[answer.verdict.side], *grades]).value,
        timestamp=discord.utils.utcnow(),
    )
    for field in fields:
        is_list = field.name in LISTS and field.text != NONE
        embed.add_field(name=field.title, value=field.text, inline=not is_list)
    embed.set_footer(text=f"Watched since {utc_time(answer.since, with_day=True)}")
    buttons = (
        Button("Refresh", ShowGateway(answer.window)),
        Button("Ask discordstatus.com", AskStatusPage(answer.window)),
    )
    menu = window_menu(ShowGateway, answer.window)
    return Reply(embeds=(embed,), controls=(menu, *buttons), chart=answer.chart)


def _head(verdict: Verdict, status: Status | None) -> Iterator[str]:
    if verdict.evidence:
        yield f"{verdict.mark} **{verdict.text}:** {'; '.join(verdict.evidence)}."
    else:
        yield f"{verdict.mark} {verdict.text}."
    if status is not None:
        named = "; ".join(prose(short(one, 100)) for one in status.incidents)
        told = f"{prose(short(status.text, 300))}{f' · {named}' if named else ''}"
        yield f"[discordstatus.com]({PAGE}): {told}" if status.is_known else told
    elif verdict.side in ("discord", "both"):
        yield f"See [discordstatus.com]({PAGE})."


def _fields(answer: GatewayAnswer) -> Iterator[Field]:
    away = any(one.down_seconds is not None for one in answer.shards)
    grade = grade_of(answer.latency.severity)
    if away and grade is not Colour.CRITICAL:
        grade = Colour.WARNING
    yield Field("Shards" if len(answer.shards) > 1 else "Connection", _shards(answer.shards), grade)
    resumes, identifies = (
        counted(answer.resumes, "resume"),
        counted(answer.identifies, "identify", "identifies"),
    )
    yield Field("Sessions", f"{resumes}\n{identifies}")
    yield Field("Identifies left", _starts(answer), grade_of(answer.starts.severity))
    yield Field("Invalid requests", _invalid(answer), grade_of(answer.invalid.severity))
    failed = f"**{answer.failed.text}** of {answer.answered.text} failed\nin the last hour (5xx)"
    yield Field("REST API", failed if answer.invalid.value is not None else "not seen")
    lost = tuple(_disconnects(answer.disconnects))
    yield Field("Disconnects", _listed(lost) if lost else NONE, _fatal(answer.disconnects))
    limits = tuple(_limits(answer.limits))
    if limits:
        yield Field("Rate limits", _listed(limits))
    elif answer.invalid.value is not None:
        yield Field("Rate limits", NONE)
    yield Field("Events", _events(answer))


def _shards(shards: Sequence[Shard]) -> str:
    """List those that are away first, then the slowest."""
    ranked = sorted(shards, key=lambda one: (-(one.down_seconds or -1.0), -(one.latency_ms or 0.0)))
    lines = [_shard(one, len(shards)) for one in ranked[:SHARDS_MAX]]
    more = len(shards) - SHARDS_MAX
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


def _shard(shard: Shard, count: int) -> str:
    name = f"{shard.id}: " if count > 1 else ""
    if shard.down_seconds is not None:
        return f"{name}**away** for {duration(shard.down_seconds)}"
    if shard.latency_ms is None:
        return f"{name}no heartbeat yet"
    return f"{name}**{human(shard.latency_ms, 'ms')}**"


def _starts(answer: GatewayAnswer) -> str:
    if answer.starts.value is None or answer.starts_reset is None:
        return "not known"
    reset = ago(answer.starts_reset)
    return f"**{answer.starts.text}** of {answer.starts_total:,}\nreset {reset}"


def _invalid(answer: GatewayAnswer) -> str:
    if answer.invalid.value is None:
        return "not seen with this discord.py"
    return f"**{answer.invalid.text}** of 10,000\nin 10 minutes"


def _fatal(rows: Iterable[DisconnectRow]) -> Colour:
    return Colour.CRITICAL if any(row.fatal for row in rows) else Colour.NEUTRAL


def _disconnects(rows: Sequence[DisconnectRow]) -> Iterator[str]:
    for row in rows:
        code = f" ({row.code})" if row.code is not None else ""
        shards = f", shard {', '.join(map(str, row.shards[:5]))}" if row.shards else ""
        detail = f": {inline(row.detail, 80)}" if row.detail else ""
        fix = f" {row.fix}" if row.fix else ""
        yield f"{_times(row.count)} {row.text}{code}{detail}{shards} · {ago(row.last)}.{fix}"


def _limits(rows: Sequence[LimitRow]) -> Iterator[str]:
    for row in rows:
        wait = f", {human(row.seconds, 's')} to wait" if row.seconds else ""
        limit = f"{inline(row.route, 100)}: {row.text}{wait}"
        yield f"{_times(row.count)} {limit} · {ago(row.last)}"


def _times(count: int) -> str:
    return f"**{counted(count, 'time')}**"


def _events(answer: GatewayAnswer) -> str:
    if not answer.events:
        return NONE
    total = sum(row.per_minute for row in answer.events)
    lines = [
        f"**{human(total, '')}** per minute, over {duration(answer.events_seconds)}",
        *(
            f"{inline(row.name, 60)} {human(row.per_minute, '')} per minute"
            for row in answer.events[:EVENTS_MAX]
        ),
    ]
    more = len(answer.events) - EVENTS_MAX
    return "\n".join([*lines, f"and {counted(more, 'more type')}"] if more > 0 else lines)


def _listed(lines: Sequence[str]) -> str:
    """Join the first lines that fit into a field, and count the others."""
    shown: list[str] = []
    for line in lines[:ROWS_MAX]:
        if len("\n".join((*shown, line))) > FIELD_VALUE_MAX - len("\nand 9,999 more"):
            break
        shown.append(line)
    more = len(lines) - len(shown)
    return "\n".join([*shown, f"and {more:,} more"] if more else shown)
