"""Incident and Change → the Incident with what is announced noted, and the notices to post.

Pure. Silence, acknowledgement and flapping change what is announced, never the incident's state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.debugcog.alerting.causes import RelatedError
from services.debugcog.alerting.incidents import Incident, Notice
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.states import Change, Timing
from services.debugcog.steady_clock import Timestamp

NOTICEABLE = 0.01  # a value moved by less is not worth an edit


def announce(
    incident: Incident, change: Change | None, silenced: bool, timestamp: Timestamp, timing: Timing
) -> tuple[Incident, tuple[Notice, ...]]:
    """Decide what to post now; the incident comes back with that noted."""
    was_silenced = incident.silenced
    if silenced is not was_silenced:
        incident = replace(incident, silenced=silenced)
    if change is Change.ENDED:
        return ending(incident, silenced)
    if not incident.open:
        return incident, ()
    if silenced:
        return _quiet(incident, change, timestamp, timing)
    event = _event(incident, change, was_silenced, timestamp.now, timing)
    if not event:
        return incident, ()
    # a card that says "ended" must not stay so, even if it is too old to edit
    on_card = Notice("show" if change is Change.REOPENED else "restore", "changed")
    if event == "changed":
        return _shown(incident, timestamp), (on_card,)
    incident = _notified(_shown(incident, timestamp), event, timestamp)
    if event == "opened":
        return incident, (Notice("open", event),)
    return incident, (Notice("reply", event), on_card)


def _quiet(
    incident: Incident, change: Change | None, timestamp: Timestamp, timing: Timing
) -> tuple[Incident, tuple[Notice, ...]]:
    """Keep the card true while messages are held back: an edit pings nobody."""
    now = timestamp.now
    outdated = change is not None or _differs(incident) or _moved(incident, now, timing)
    if not outdated or incident.announced is Severity.OK:
        return incident, ()
    told = min(incident.announced, incident.severity)  # what got worse is told after the silence
    return replace(_shown(incident, timestamp), announced=told), (Notice("edit", "changed"),)


def ending(incident: Incident, silenced: bool) -> tuple[Incident, tuple[Notice, ...]]:
    """Decide what to post of an incident that has just ended."""
    if incident.announced is Severity.OK:
        return incident, ()
    mark, ring = Notice("show", "ended"), Notice("reply", "ended")
    rings = incident.peak is Severity.CRITICAL and not silenced  # edits notify nobody
    return incident, (mark, ring) if rings else (mark,)


def _event(
    incident: Incident, change: Change | None, was_silenced: bool, now: float, timing: Timing
) -> str:
    """Name what has to be told, the most important first; empty when nothing has."""
    critical = incident.severity is Severity.CRITICAL
    if incident.announced is Severity.OK:
        return "opened"
    if change is Change.REOPENED:
        rings = critical and (
            incident.pinged_at is None or now - incident.pinged_at >= timing.reopen
        )
        return "reopened" if rings else "changed"
    if incident.severity > incident.announced:
        return "escalated"
    if was_silenced:
        return "reminder" if incident.severity > incident.acked else "changed"
    if change is not None or _differs(incident):
        return "changed"
    wait = timing.repeat_critical if critical else timing.repeat_warning
    if now - incident.notified >= wait and incident.severity > incident.acked:
        return "reminder"
    return "changed" if _moved(incident, now, timing) else ""


def _differs(incident: Incident) -> bool:
    """Tell whether the card says something else than its value that is out of date."""
    limit = incident.shown_threshold
    return incident.stale is not incident.shown_stale or limit not in (None, incident.threshold)


def _moved(incident: Incident, now: float, timing: Timing) -> bool:
    """Tell whether the card's value is out of date, and may be edited."""
    due = edit_due(incident, now, timing) and _editable(incident, now, timing)
    return due and abs(incident.value - incident.shown) > NOTICEABLE * abs(incident.shown)


def edit_due(incident: Incident, now: float, timing: Timing) -> bool:
    """Tell whether an open incident's card, if it has one, was last changed long enough ago."""
    return incident.open and bool(incident.announced) and now - incident.edited >= timing.edit


def errors_moved(
    incident: Incident, errors: Sequence[RelatedError], now: float, timing: Timing
) -> bool:
    """Tell whether the errors on the card are out of date; on an old card, by a digit at least."""
    if _editable(incident, now, timing):
        return tuple(errors) != incident.errors
    shown, found = (
        [(one.group, len(str(one.count))) for one in many] for many in (incident.errors, errors)
    )
    return shown != found


def _editable(incident: Incident, now: float, timing: Timing) -> bool:
    return now - incident.card_posted_at < timing.editable


def _shown(incident: Incident, timestamp: Timestamp) -> Incident:
    return replace(
        incident,
        edited=timestamp.now,
        shown=incident.value,
        shown_stale=incident.stale,
        shown_threshold=incident.threshold,
        announced=incident.severity,
    )


def _notified(incident: Incident, event: str, timestamp: Timestamp) -> Incident:
    critical = incident.severity is Severity.CRITICAL
    return replace(
        incident,
        notified=timestamp.now,
        pinged_at=timestamp.now if critical else incident.pinged_at,
        card_posted_at=timestamp.now if event == "opened" else incident.card_posted_at,
    )
