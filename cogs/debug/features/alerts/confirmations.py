"""What was done with an incident or a silence → one line, with a button that undoes it."""

from __future__ import annotations

from collections.abc import Mapping

from cogs.debug.features.alerts.actions import (
    OpenIncident,
    OpenRule,
    RestoreSilence,
    UndoAcknowledge,
    UndoSilence,
)
from cogs.debug.ui.actions import Action
from cogs.debug.ui.escaping import escaped
from cogs.debug.ui.people import person
from cogs.debug.ui.reply import Button, Reply, done
from cogs.debug.ui.severity_labels import silenced_levels
from cogs.debug.ui.times import ago, at
from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.rules import Severity
from services.debugcog.units import threshold
from services.debugcog.wording import clip

BY_MAX = 40
"""Characters of who had set a silence that fit into the id of a button."""


def acknowledged(incident: Incident, by: str) -> Reply:
    """Answer who has acknowledged an incident, which may be somebody else."""
    name = _name(incident)
    if incident.acked_by != by:
        who, when = person(incident.acked_by), ago(incident.acked_at)
        text = f"Already acknowledged: {name}, by {who} {when}."
        return done(text, _details(incident))
    undo = UndoAcknowledge(incident.id, round(incident.acked_at * 1000))
    text = f"Acknowledged: {name}. It is not repeated unless it gets worse."
    return done(text, Button("Undo", undo), _details(incident))


def unacknowledged(incident: Incident) -> Reply:
    """Answer that an acknowledgement was undone."""
    still = f" by {person(incident.acked_by)}" if incident.acked else ""
    state = f"still acknowledged{still} as warning" if incident.acked else "not acknowledged"
    return done(f"Undone: {_name(incident)} is {state}.", _details(incident))


def silenced(title: str, silence: Silence, before: Silence | None, back: Button) -> Reply:
    """Answer that a rule is silenced."""
    levels, until = silenced_levels(silence.severity), at(silence.shown_until)
    undo: Action = UndoSilence("", silence.id, Severity.OK, 0)
    if before:
        undo = RestoreSilence(
            by=clip(before.by, BY_MAX),
            silence=silence.id,
            before=before.id,
            severity=before.severity,
            until=round(before.shown_until),
        )
    text = f"Silenced: {escaped(title)}, {levels}, until {until}."
    return done(text, Button("Undo", undo), back)


def unsilenced(title: str, back: Button) -> Reply:
    """Answer that a silence was ended."""
    return done(f"Silence ended: {escaped(title)}. If it still fires, it is posted now.", back)


def silence_undone(title: str, silence: Silence | None, back: Button) -> Reply:
    """Answer that a silence was undone, and which one is in force again."""
    if silence is None:
        return done(f"Undone: {escaped(title)} is not silenced.", back)
    levels = silenced_levels(silence.severity)
    until = f"until {at(silence.shown_until)}, as before"
    return done(f"Undone: {escaped(title)} is silenced for {levels} {until}.", back)


def thresholds_changed(values: Mapping[Severity, float], unit: str) -> str:
    """Say which thresholds are in force from now on."""
    texts = (f"{level.word} {threshold(value, unit)}" for level, value in values.items())
    return f"Thresholds changed: {', '.join(texts)}. Kept across restarts."


def too_late(what: str, *controls: Button) -> Reply:
    """Answer that there is nothing to undo any more."""
    return done(f"Too late to undo: {what} is over, or was changed since.", *controls)


def over(incident: Incident) -> Reply:
    """Answer that an incident is over, so that it takes no change."""
    return done(f"Nothing was changed: {_name(incident)} is over.", _details(incident))


def to_rule(name: str) -> Button:
    """Lead to the card of a rule."""
    return Button("Open rule", OpenRule(name))


def to_incident(number: int) -> Button:
    """Lead to an incident."""
    return Button("Details", OpenIncident(number))


def _details(incident: Incident) -> Button:
    return to_incident(incident.id)


def _name(incident: Incident) -> str:
    return f"incident #{incident.id} ({escaped(incident.title)})"
