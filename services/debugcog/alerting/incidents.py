"""Incident, SeverityState and Change → the next Incident and the notices to post. Pure.

Pure. Silence, acknowledgement and flapping change what is announced, never the incident's state.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from services.debugcog.alerting.causes import RelatedError, SlowPart
from services.debugcog.alerting.incident_parts import (
    NOT_ACKNOWLEDGED,
    Acknowledgement,
    RecentChange,
)
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.alerting.states import MISSING_TICKS, Change, SeverityState, Timing
from services.debugcog.frozen import frozen
from services.debugcog.stalls.stall import Stall
from services.debugcog.state.records import record
from services.debugcog.steady_clock import Timestamp

HISTORY_MAX = 20
NOTICEABLE = 0.01  # a value moved by less is not worth an edit


@frozen
class Incident:
    """One breach of one rule, from its opening to its end.

    ``since``, ``opened``, ``ended``, ``acked_at``, ``silenced_until`` are unix seconds, to show;
    ``stale``: there was no value lately, ``value`` is the last one;
    ``acked_before``: what an undone acknowledgement goes back to;
    ``history``: what happened to it, the latest last;
    ``slowest``: the part that was slowest when its value was worst;
    ``errors``: the groups of errors behind it, when that was looked for last;
    ``blocked_by``: the longest stall behind it, where it is about the event loop;
    the fields below the line are bookkeeping of what was announced, in seconds of the steady clock.
    """

    rule: str
    title: str
    unit: str
    severity: Severity
    peak: Severity
    value: float
    worst: float
    warning: float | None
    critical: float | None
    since: float
    opened: float
    id: int = 0
    state: str = "firing"
    ended: float | None = None
    reason: str = ""
    recent: tuple[RecentChange, ...] = ()
    flaps: int = 0
    reopened: int = 0
    acked: Severity = Severity.OK
    acked_by: str = ""
    acked_at: float = 0.0
    acked_before: Acknowledgement = NOT_ACKNOWLEDGED
    silenced_until: float = 0.0
    silenced_by: str = ""
    stale: bool = False
    description: str = ""
    history: tuple[RecentChange, ...] = ()
    slowest: SlowPart | None = None
    errors: tuple[RelatedError, ...] = ()
    blocked_by: Stall | None = None
    # ----
    announced: Severity = Severity.OK
    silenced: bool = False
    notified: float = 0.0
    pinged_at: float | None = None
    edited: float = 0.0
    card_posted_at: float = 0.0
    shown: float = 0.0
    shown_stale: bool = False
    shown_threshold: float | None = None

    @property
    def threshold(self) -> float | None:
        """Return the value at which its severity is entered."""
        return self.critical if self.severity is Severity.CRITICAL else self.warning

    @property
    def open(self) -> bool:
        """Tell whether it has not ended."""
        return self.state != "ended"


@frozen
class Notice:
    """Something to post about an incident.

    Attributes:
        kind: the outbox's kind.
        event: what it tells: ``opened``, ``escalated``, ``reopened``, ``reminder``, ``ended`` or
            ``changed``.
    """

    kind: str
    event: str


@frozen
class Silence:
    """No posts about a rule up to a severity, until a time.

    Attributes:
        until: end, in seconds of the steady clock.
        shown_until: end, in unix seconds.
    """

    rule: str
    severity: Severity
    until: float
    shown_until: float
    by: str
    id: int = 0


def encode(incident: Incident) -> dict[str, Any]:
    """Write an incident as what JSON can hold."""
    return asdict(incident)


def decode(fields: object) -> Incident:
    """Read what ``encode`` wrote.

    Raises:
        DamagedRecordError: it is something else.
    """
    return record(Incident, fields)


def opened(rule: Rule, state: SeverityState, value: float, timestamp: Timestamp) -> Incident:
    """Make the incident of a rule that has just fired."""
    level = rule.critical if state.severity is Severity.CRITICAL else rule.warning
    return Incident(
        rule=rule.name,
        title=rule.title,
        unit=rule.unit,
        severity=state.severity,
        peak=state.severity,
        value=value,
        worst=value,
        warning=rule.threshold(Severity.WARNING),
        critical=rule.threshold(Severity.CRITICAL),
        since=timestamp.unix - (level.for_seconds if level else 0.0),
        opened=timestamp.unix,
        description=rule.description,
    )


def follow(
    incident: Incident, rule: Rule, state: SeverityState, value: float, timestamp: Timestamp
) -> Incident:
    """Bring an incident to the state that its rule has now; ``value`` NaN keeps the last one."""
    known = value == value  # not NaN
    incident = replace(
        incident,
        value=value if known else incident.value,
        worst=max(value, incident.worst) if known else incident.worst,
        flaps=state.flaps,
        stale=state.missing >= MISSING_TICKS,
    )
    if state.severity is Severity.OK:
        reason = "no traffic" if state.idle_since is not None else "recovered"
        return close(incident, reason, timestamp)
    again = 0 if incident.open else 1
    if again:
        incident = replace(incident, acked_by="", acked_before=NOT_ACKNOWLEDGED)
    return replace(
        incident,
        severity=state.severity,
        peak=max(incident.peak, state.severity),
        warning=rule.threshold(Severity.WARNING),
        critical=rule.threshold(Severity.CRITICAL),
        state="recovering" if _is_recovering(incident, rule, state) else "firing",
        ended=None,
        reason="",
        reopened=incident.reopened + again,
    )


def _is_recovering(incident: Incident, rule: Rule, state: SeverityState) -> bool:
    """Tell whether it is on its way out; its last value tells where traffic has stopped."""
    level = rule.warning if state.warning.on else rule.critical
    return state.recovering or (level is not None and incident.value < level.clear)


def blame(incident: Incident, stall: Stall | None) -> Incident:
    """Note who blocked the event loop, unless one that did it for longer is noted."""
    known = incident.blocked_by
    if stall is None or not stall.function or (known and known.seconds >= stall.seconds):
        return incident
    return replace(incident, blocked_by=stall)


def close(incident: Incident, reason: str, timestamp: Timestamp) -> Incident:
    """End an incident; an acknowledgement ends with it, though it stays known whose it was."""
    return replace(incident, state="ended", reason=reason, ended=timestamp.unix, acked=Severity.OK)


def noted(incident: Incident, text: str, unix: float) -> Incident:
    """Add to what happened to an incident."""
    history = (*incident.history, RecentChange(unix, text))
    return replace(incident, history=history[-HISTORY_MAX:])


def announce(
    incident: Incident, change: Change | None, silenced: bool, timestamp: Timestamp, timing: Timing
) -> tuple[Incident, tuple[Notice, ...]]:
    """Decide what to post now; the incident comes back with that noted."""
    was_silenced = incident.silenced
    if silenced is not was_silenced:
        incident = replace(incident, silenced=silenced)
    if change is Change.ENDED:
        return _ending(incident, silenced)
    if silenced or not incident.open:
        return incident, ()
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


def _ending(incident: Incident, silenced: bool) -> tuple[Incident, tuple[Notice, ...]]:
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
        return "reminder"
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
    due = now - incident.edited >= timing.edit and now - incident.card_posted_at < timing.editable
    return due and abs(incident.value - incident.shown) > NOTICEABLE * abs(incident.shown)


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
