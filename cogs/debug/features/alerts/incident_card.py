"""Queued incident, crash or digest → Reply: the incident's card, a follow-up or a notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import discord

from cogs.debug.features.alerts.actions import (
    Acknowledge,
    ListAlerts,
    OpenIncident,
    OpenRule,
    SilenceIncident,
    UnsilenceIncident,
)
from cogs.debug.features.alerts.breach_chart import ChartSource, breach_chart
from cogs.debug.features.alerts.rule_labels import described
from cogs.debug.ui.escaping import block, plain, prose
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    FIELD_VALUE_MAX,
    TITLE_MAX,
    Attachment,
    Button,
    Colour,
    Reply,
    clip,
)
from cogs.debug.ui.severity_labels import COLOURS, MARKS, SILENCES, silence_labels
from cogs.debug.ui.stall_labels import blocked_by
from cogs.debug.ui.times import ago, at
from services.debugcog.alerting.diagnosis import UNKNOWN, diagnose
from services.debugcog.alerting.incidents import Incident, decode
from services.debugcog.alerting.rules import CRASH_LOOP, DATA_MISSING, Severity
from services.debugcog.units import duration, human

SHORT = frozenset({"Worst", "Flapping", "Came back"})
"""Fields that share a line; the others need its whole width on a phone."""
EVENTS = {
    "escalated": "Now {severity}",
    "reopened": "Back again, {severity}",
    "reminder": "Still {severity}",
}


class AlertReplies:
    """Renders what ``alerting.incident_store`` and ``alerting.runs`` queue.

    Args:
        source: of the chart of a breach.
        clock: unix seconds, for its right edge.
    """

    def __init__(self, source: ChartSource, clock: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock

    def incident(self, kind: str, body: str) -> Reply:
        """Render one event of an incident."""
        fields = json.loads(body)
        incident = decode(fields["incident"])
        if kind == "reply":
            return short_reply(incident, fields["event"])
        return card(incident, self._source, self._clock())


def panel(incident: Incident, source: ChartSource, now: float, note: str = "") -> Reply:
    """Render an incident for who asked for it: its card, and all that can be done.

    Args:
        incident: as it stands.
        source: of the chart.
        now: unix seconds.
        note: what was just done, or could not be.
    """
    reply = card(incident, source, now)
    if incident.blocked_by and incident.blocked_by.stack:
        stack = block(incident.blocked_by.stack, FIELD_VALUE_MAX)
        reply.embeds[0].add_field(name="Stack while blocked", value=stack, inline=False)
    return replace(reply, content=note, controls=panel_controls(incident))


def card(incident: Incident, source: ChartSource, now: float) -> Reply:
    """Render the one message that stands for an incident."""
    embed = discord.Embed(
        title=f"{_mark(incident)} {_state(incident)}: {_title(incident)}",
        description="\n".join(
            filter(None, (summary(incident), _culprit(incident), described(incident.description)))
        ),
        colour=_colour(incident).value,
    )
    for name, value in _fields(incident):
        embed.add_field(name=name, value=clip(value, FIELD_VALUE_MAX), inline=name in SHORT)
    embed.set_footer(text=footer(incident))
    return Reply(
        embeds=(embed,),
        controls=controls(incident),
        chart=breach_chart(incident, source, now),
    )


def short_reply(incident: Incident, event: str) -> Reply:
    """Render an answer to the card: it notifies, where an edit of the card does not."""
    state = EVENTS.get(event, "Ended").format(severity=incident.severity.word)
    embed = discord.Embed(
        title=f"{_mark(incident)} {state}: {_title(incident)}",
        description=summary(incident),
        colour=_colour(incident).value,
    )
    embed.set_footer(text=footer(incident))
    return Reply(embeds=(embed,))


def controls(incident: Incident) -> tuple[Button, ...]:
    """Offer what can be done; the buttons keep working after a restart."""
    details = Button("Details", OpenIncident(incident.id))
    if not incident.open:
        return (details,)
    silences = (_unsilence(incident),) if incident.silenced_until else _silences(incident)
    return (*_acknowledge(incident), *silences, details)


def panel_controls(incident: Incident) -> tuple[Button, ...]:
    """Offer all that can be done to who has opened an incident."""
    around = (
        Button("Refresh", OpenIncident(incident.id), row=1),
        *_rule(incident),
        Button("All alerts", ListAlerts(), row=1),
    )
    if not incident.open:
        return around
    lift = (_unsilence(incident),) if incident.silenced_until else ()
    return (*_acknowledge(incident), *_silences(incident), *lift, *around)


def _rule(incident: Incident) -> tuple[Button, ...]:
    """Lead to the rule, or to the one whose value is missing; crashes have none to open."""
    if incident.rule == CRASH_LOOP:
        return ()
    return (Button("Its rule", OpenRule(incident.rule.removeprefix(DATA_MISSING)), row=1),)


def _acknowledge(incident: Incident) -> tuple[Button, ...]:
    if incident.severity <= incident.acked:
        return ()
    style = discord.ButtonStyle.primary
    return (Button("Acknowledge", Acknowledge(incident.id), style=style),)


def _silences(incident: Incident) -> tuple[Button, ...]:
    """Silence up to the severity that it has; critical is named."""
    what = "Silence critical" if incident.severity is Severity.CRITICAL else "Silence"
    return tuple(
        Button(label, SilenceIncident(incident.id, length))
        for label, (_, length) in zip(silence_labels(what), SILENCES, strict=True)
    )


def _unsilence(incident: Incident) -> Button:
    return Button("Unsilence", UnsilenceIncident(incident.id))


def footer(incident: Incident) -> str:
    """Name the incident, as every message about it does."""
    return f"Incident {incident.id} · peak {incident.peak.word}"


def crash_notice(kind: str, body: str) -> Reply:
    """Render the notice of a run that ended without a stop."""
    crash: dict[str, Any] = json.loads(body)
    memory = crash["memory_mb"]
    lines = [
        f"Last sign of life {at(crash['last_beat'])}, down for **{duration(crash['down'])}**.",
        f"It ran for {duration(crash['last_beat'] - crash['started'])}.",
    ]
    if memory is not None:
        lines.append(f"Last memory {human(memory, 'MB')}.")
    files: tuple[Attachment, ...] = ()
    if crash["trace"]:
        lines.append("The attached trace is what `faulthandler` wrote.")
        files = (Attachment("crash.txt", crash["trace"].encode(), "faulthandler's trace"),)
    embed = discord.Embed(
        title="🟠 The bot crashed and is back",
        description="\n".join(lines),
        colour=Colour.WARNING.value,
    )
    return Reply(embeds=(embed.set_footer(text="Crash notice"),), files=files)


def outage_digest(kind: str, body: str) -> Reply:
    """Render the posts that waited for too long, one line each."""
    digest: dict[str, Any] = json.loads(body)
    lines: Sequence[str] = [f"- {prose(title)}" for title in digest["titles"]]
    embed = discord.Embed(
        title="While Discord could not be reached",
        description=clip("\n".join(lines), DESCRIPTION_MAX),
        colour=Colour.NEUTRAL.value,
    )
    since = f"{len(lines)} alerts and reports since"
    embed.add_field(name=since, value=at(digest["since"]), inline=False)
    return Reply(embeds=(embed.set_footer(text="Digest"),))


def trial_alert(kind: str, body: str) -> Reply:
    """Render the alert that an admin asks for, to see that alerts arrive."""
    asked: dict[str, Any] = json.loads(body)
    embed = discord.Embed(
        title="🔔 Test alert",
        description=f"Alerts reach this channel. Asked for by {prose(asked['by'])}.",
        colour=Colour.NEUTRAL.value,
    )
    return Reply(embeds=(embed.set_footer(text="Test"),))


def _state(incident: Incident) -> str:
    if not incident.open:
        return "Ended"
    state = incident.severity.word.capitalize()
    return f"{state}, recovering" if incident.state == "recovering" else state


def _title(incident: Incident) -> str:
    return clip(plain(incident.title), TITLE_MAX // 2)


def _mark(incident: Incident) -> str:
    return MARKS[incident.severity if incident.open else Severity.OK]


def _colour(incident: Incident) -> Colour:
    return COLOURS[incident.severity if incident.open else Severity.OK]


def summary(incident: Incident) -> str:
    """Say how bad it is and since when, or when it ended."""
    if incident.ended is not None:
        lasted = duration(max(0.0, incident.ended - incident.since))
        return f"{incident.reason.capitalize()} {ago(incident.ended)}, after {lasted}."
    value = f"**{human(incident.value, incident.unit)}**"
    if incident.stale:
        value = f"No value now, last {value}"
    if incident.threshold is None:
        return f"{value} since {ago(incident.since)}."
    limit = human(incident.threshold, incident.unit)
    return f"{value}, limit **{limit}**, since {ago(incident.since)}."


def _culprit(incident: Incident) -> str:
    return f"{blocked_by(incident.blocked_by)}." if incident.blocked_by else ""


def _fields(incident: Incident) -> list[tuple[str, str]]:
    fields = [("Worst", human(incident.worst, incident.unit))]
    if incident.flaps:
        fields.append(("Flapping", f"{incident.flaps} cycles in an hour"))
    if incident.reopened:
        again = "once" if incident.reopened == 1 else f"{incident.reopened} times"
        fields.append(("Came back", again))
    if incident.acked:
        fields.append(("Acknowledged", f"{prose(incident.acked_by)} {ago(incident.acked_at)}"))
    if incident.silenced_until:
        fields.append(("Silenced", f"until {at(incident.silenced_until)}"))
    if incident.recent:
        lines = [f"{ago(change.at)} {plain(change.text)}" for change in incident.recent]
        fields.append(("Just before", "\n".join(lines)))
    diagnosis = UNKNOWN if incident.blocked_by else diagnose(incident.rule)
    if incident.open and diagnosis.causes:
        fields.append(("Likely cause", " · ".join(diagnosis.causes)))
        fields.append(("Try", " · ".join(diagnosis.fixes)))
    return fields
