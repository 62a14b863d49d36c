"""Queued incident or digest → Reply: the incident's card, a follow-up or a notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import discord

from cogs.debug.features.alerts.actions import (
    Acknowledge,
    ListAlerts,
    OpenIncident,
    SilenceIncident,
    UnsilenceIncident,
)
from cogs.debug.features.alerts.breach_chart import ChartSource, breach_chart
from cogs.debug.features.alerts.incident_causes import advice, causes
from cogs.debug.features.alerts.rule_labels import described
from cogs.debug.ui.escaping import escaped, inline, notified, prose
from cogs.debug.ui.people import person, with_people
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    FIELD_VALUE_MAX,
    TITLE_MAX,
    Button,
    Colour,
    Menu,
    Option,
    Reply,
)
from cogs.debug.ui.severity_labels import COLOURS, MARKS, SILENCES
from cogs.debug.ui.stall_labels import blocked_by
from cogs.debug.ui.times import ago, at
from services.debugcog.alerting.incident_parts import RecentChange, changes_from
from services.debugcog.alerting.incidents import Incident, decode
from services.debugcog.alerting.rules import DATA_MISSING, Severity
from services.debugcog.alerting.sentences import (
    TEST,
    digest_sentence,
    lasted,
    sentence,
    value_text,
)
from services.debugcog.units import human
from services.debugcog.wording import clip, counted

SHORT = frozenset({"Worst", "Flapping", "Came back"})
"""Fields that share a line; the others need its whole width on a phone."""
VALUE_MAX = 200
ALL_ALERTS = (Button("All alerts", ListAlerts()),)
EVENTS = {
    "escalated": "Now {severity}",
    "reopened": "Back again, {severity}",
    "reminder": "Still {severity}",
}


class AlertReplies:
    """Renders what ``alerting.incident_store`` and ``alerting.runs`` queue.

    Args:
        source: of the chart of a breach.
        clock: unix seconds, for its right edge and for which day is today.
    """

    def __init__(self, source: ChartSource, clock: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock

    def incident(self, kind: str, body: str) -> Reply:
        """Render one event of an incident."""
        fields = json.loads(body)
        incident = decode(fields["incident"])
        if kind == "reply":
            return short_reply(incident, fields["event"], self._clock())
        changes = changes_from(fields.get("changes", ()))
        return card(incident, self._source, self._clock(), fields["event"], changes)


def card(
    incident: Incident,
    source: ChartSource,
    now: float,
    event: str = "changed",
    changes: Iterable[RecentChange] = (),
) -> Reply:
    """Render the one message that stands for an incident; its content is what a phone shows."""
    return Reply(
        embeds=(incident_embed(incident, source),),
        content=notified(sentence(incident, event, now)),
        controls=controls(incident),
        chart=breach_chart(incident, source, now, changes),
    )


def incident_embed(incident: Incident, source: ChartSource) -> discord.Embed:
    """Render how an incident stands, and what is behind it as far as that is known."""
    embed = discord.Embed(
        title=f"{_mark(incident)} {_state(incident)}: {_title(incident)}",
        description="\n".join(
            filter(None, (summary(incident), _culprit(incident), described(incident.description)))
        ),
        colour=_colour(incident).value,
    )
    for name, value in _fields(incident, source):
        embed.add_field(name=name, value=clip(value, FIELD_VALUE_MAX), inline=name in SHORT)
    embed.set_footer(text=footer(incident))
    return embed


def short_reply(incident: Incident, event: str, now: float) -> Reply:
    """Render an answer to the card: it notifies, where an edit of the card does not."""
    state = EVENTS.get(event, "Resolved").format(severity=incident.severity.word)
    embed = discord.Embed(
        title=f"{_mark(incident)} {state}: {_title(incident)}",
        description=summary(incident),
        colour=_colour(incident).value,
    )
    embed.set_footer(text=footer(incident))
    buttons = (*acknowledge_button(incident), Button("Details", OpenIncident(incident.id)))
    content = notified(sentence(incident, event, now))
    return Reply(embeds=(embed,), content=content, controls=buttons)


def controls(incident: Incident) -> tuple[Button | Menu, ...]:
    """Offer what can be done; the buttons keep working after a restart."""
    details = Button("Details", OpenIncident(incident.id))
    if not incident.open:
        return (details,)
    return (*acknowledge_button(incident), details, *silence_controls(incident))


def acknowledge_button(incident: Incident) -> tuple[Button, ...]:
    """Offer to acknowledge what is not, or has become worse since."""
    if not incident.open or incident.severity <= incident.acked:
        return ()
    style = discord.ButtonStyle.primary
    return (Button("Acknowledge", Acknowledge(incident.id), style=style),)


def silence_controls(incident: Incident) -> tuple[Button | Menu, ...]:
    """Offer to silence up to the severity that it has, critical by name, or to end that."""
    if incident.silenced_until:
        return (Button("Unsilence", UnsilenceIncident(incident.id)),)
    critical = incident.severity is Severity.CRITICAL
    options = tuple(
        Option(f"Silence for {name}", SilenceIncident(incident.id, length))
        for name, length in SILENCES
    )
    return (Menu("Silence critical too, for …" if critical else "Silence for …", options),)


def footer(incident: Incident) -> str:
    """Name the incident, as every message about it does."""
    return f"Incident #{incident.id} · peak {incident.peak.word}"


def outage_digest(kind: str, body: str) -> Reply:
    """Render the posts that waited for too long, one line each."""
    digest: dict[str, Any] = json.loads(body)
    titles: list[str] = digest["titles"]
    reason = str(digest.get("reason", ""))  # not there in one that an earlier version made
    embed = discord.Embed(
        title="Messages that were held back",
        description=clip("\n".join(f"- {prose(title)}" for title in titles), DESCRIPTION_MAX),
        colour=Colour.NEUTRAL.value,
    )
    messages = counted(len(titles), "message")
    embed.add_field(name=f"{messages} held back since", value=at(digest["since"]), inline=False)
    if reason:
        embed.add_field(name="The last attempt ended with", value=inline(reason, 200), inline=False)
    embed.set_footer(text="Digest")
    return Reply(
        embeds=(embed,), content=notified(digest_sentence(titles, reason)), controls=ALL_ALERTS
    )


def trial_alert(kind: str, body: str) -> Reply:
    """Render the alert that an admin asks for, to see that alerts arrive."""
    asked: dict[str, Any] = json.loads(body)
    embed = discord.Embed(
        title="🔔 Test alert",
        description=f"Alerts reach this channel. Sent for {person(asked['by'])}.",
        colour=Colour.NEUTRAL.value,
    )
    embed.set_footer(text="Test")
    return Reply(embeds=(embed,), content=TEST, controls=ALL_ALERTS)


def _state(incident: Incident) -> str:
    if not incident.open:
        return "Resolved"
    state = incident.severity.word.capitalize()
    return f"{state}, recovering" if incident.state == "recovering" else state


def _title(incident: Incident) -> str:
    return clip(escaped(incident.title, TITLE_MAX // 2), TITLE_MAX // 2)


def _mark(incident: Incident) -> str:
    return MARKS[incident.severity if incident.open else Severity.OK]


def _colour(incident: Incident) -> Colour:
    return COLOURS[incident.severity if incident.open else Severity.OK]


def summary(incident: Incident) -> str:
    """Say how bad it is and since when, or when it ended."""
    if incident.ended is not None:
        recovered = incident.reason == "recovered"
        why = f" ({escaped(incident.reason)})" if incident.reason and not recovered else ""
        end = f"{'Recovered' if recovered else 'Resolved'} {ago(incident.ended)}{why}"
        return f"{end}; lasted {lasted(incident)}"
    value = value_text(incident)
    since = ago(incident.since)
    return f"**{escaped(value, VALUE_MAX)}** · started {since}" if value else f"Started {since}"


def _culprit(incident: Incident) -> str:
    return f"{blocked_by(incident.blocked_by)}." if incident.blocked_by else ""


def _fields(incident: Incident, source: ChartSource) -> list[tuple[str, str]]:
    fields = []
    if not incident.rule.startswith(DATA_MISSING):
        fields.append(("Worst", escaped(human(incident.worst, incident.unit))))
    if incident.flaps:
        fields.append(("Flapping", f"{counted(incident.flaps, 'cycle')} in an hour"))
    if incident.reopened:
        fields.append(("Came back", counted(incident.reopened, "time")))
    fields += _done_by(incident)
    fields += causes(incident)
    if incident.recent:
        lines = [f"{ago(change.at)} {with_people(change.text)}" for change in incident.recent]
        fields.append(("Just before", "\n".join(lines)))
    fields += advice(incident, source)
    return fields


def _done_by(incident: Incident) -> list[tuple[str, str]]:
    """Say who acknowledged and silenced it, also when it is over."""
    fields = []
    if incident.acked_by:
        level, when = acknowledged_level(incident), ago(incident.acked_at)
        fields.append(("Acknowledged", f"{level}by {person(incident.acked_by)} {when}"))
    by = f" by {person(incident.silenced_by)}" if incident.silenced_by else ""
    if incident.silenced_until:
        fields.append(("Silenced", f"until {at(incident.silenced_until)}{by}"))
    elif by and not incident.open:
        fields.append(("Silenced", by.strip()))
    return fields


def acknowledged_level(incident: Incident) -> str:
    """Say as what it was acknowledged, where it has become worse since: ``as warning ``."""
    worse = incident.open and Severity.OK < incident.acked < incident.severity
    return f"as {incident.acked.word} " if worse else ""
