"""Crash → the notice of it, and the reply with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from cogs.debug.features.alerts.actions import ListAlerts, OpenCrash
from cogs.debug.ui.escaping import block, notified, prose
from cogs.debug.ui.reply import FIELD_VALUE_MAX, Attachment, Button, Colour, Reply
from cogs.debug.ui.times import at
from services.debugcog.alerting.crash import Crash, decode
from services.debugcog.alerting.sentences import crash_sentence
from services.debugcog.units import duration, human
from services.debugcog.wording import clip_start

LOG_SHOWN = 10
UNKNOWN = "What it died of is not known."


def crash_notice(kind: str, body: str, now: float) -> Reply:
    """Render the notice of a run that ended without a stop; ``now`` is in unix seconds."""
    crash = decode(body)
    embed = _embed("💥 The bot crashed and is back", crash)
    embed.set_footer(text="Crash notice")
    details = Button("Details", OpenCrash(crash.number), style=discord.ButtonStyle.primary)
    return Reply(
        embeds=(embed,),
        content=notified(crash_sentence(crash, now)),
        controls=(details, Button("All alerts", ListAlerts())),
        files=tuple(_trace(crash)),
    )


def crash_details(crash: Crash) -> Reply:
    """Render a crash for who asked for it, with the end of its log."""
    embed = _embed("💥 Crash", crash)
    files = list(_trace(crash))
    if crash.log:
        last = "\n".join(crash.log[-LOG_SHOWN:])
        shown = block(clip_start(last, FIELD_VALUE_MAX - 50), FIELD_VALUE_MAX)
        embed.add_field(name="Last log lines", value=shown, inline=False)
        text = "\n".join(crash.log) + "\n"
        files.append(Attachment("last-log.txt", text.encode(errors="replace"), "its last lines"))
    embed.set_footer(text=f"Run {crash.number}")
    back = Button("All alerts", ListAlerts())
    return Reply(embeds=(embed,), controls=(back,), files=tuple(files))


def _embed(title: str, crash: Crash) -> discord.Embed:
    text = "\n".join(_lines(crash))
    return discord.Embed(title=title, description=text, colour=Colour.CRITICAL.value)


def _lines(crash: Crash) -> Iterator[str]:
    yield f"**{prose(crash.cause[:1].upper() + crash.cause[1:])}**" if crash.cause else UNKNOWN
    yield f"Last sign of life {at(crash.last_beat)}; down for **{duration(crash.down)}**."
    yield f"It had run for {duration(max(0.0, crash.last_beat - crash.started))}."
    if crash.memory_mb is not None:
        limit = "" if crash.limit_mb is None else f" of {human(crash.limit_mb, 'MB')}"
        trend = f"; {crash.trend}" if crash.trend else ""
        yield f"Last memory: {human(crash.memory_mb, 'MB')}{limit}{trend}."
    if crash.trace:
        yield "Its trace is attached."


def _trace(crash: Crash) -> Iterator[Attachment]:
    stack = crash.hang.stack if crash.hang else ""
    text = "\n\n".join(filter(None, (crash.trace, stack)))
    if text:
        yield Attachment("crash.txt", text.encode(errors="replace"), "stacks at its end")
