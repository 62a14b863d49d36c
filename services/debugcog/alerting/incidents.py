"""Incident, Rule and SeverityState → the next Incident. Pure."""

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
from services.debugcog.alerting.states import MISSING_TICKS, SeverityState
from services.debugcog.frozen import frozen
from services.debugcog.stalls.stall import Stall
from services.debugcog.state.records import record
from services.debugcog.steady_clock import Timestamp

HISTORY_MAX = 20


@frozen
class Incident:
    """One breach of one rule, from its opening to its end.

    ``since``, ``opened``, ``ended``, ``acked_at``, ``silenced_until`` are unix seconds, to show;
    ``stale``: there was no value lately, ``value`` is the last one; ``idle``: for want of traffic;
    ``acked_before``: what an undone acknowledgement goes back to;
    ``history``: what happened to it, the latest last;
    ``slowest``: the part that was slowest when its value was worst, since it came back last;
    ``errors``: the groups of errors behind it, when that was looked for last;
    ``ends_below``, ``ends_after``: its severity is left after so many seconds below that value;
    ``died_of``: what the crashes of a loop died of, the latest first; empty where nothing tells;
    ``blocked_by``: the longest stall behind it since then, where it is about the event loop;
    ``lasted``: seconds by a clock that nobody sets; None while it is open, or where an earlier
    version ended it; ``back_after``: unix seconds at which it had ended before it came back;
    the fields below the line are bookkeeping, in seconds of the steady clock: when the breach
    began (0.0 where an earlier version opened it), and of what was announced.
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
    lasted: float | None = None
    back_after: float = 0.0
    ends_below: float | None = None
    ends_after: float = 0.0
    died_of: tuple[str, ...] = ()
    idle: bool = False
    # ----
    began: float = 0.0
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
    level = rule.level(state.severity)
    waited = level.for_seconds if level else 0.0
    if rule.measures_breach:
        waited = max(waited, value)
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
        since=timestamp.unix - waited,
        opened=timestamp.unix,
        description=rule.description,
        began=timestamp.now - waited,
        ends_below=level.clear if level else None,
        ends_after=rule.keep_firing_for,
    )


def follow(
    incident: Incident, rule: Rule, state: SeverityState, value: float, timestamp: Timestamp
) -> Incident:
    """Bring an incident to the state that its rule has now; ``value`` NaN keeps the last one."""
    incident = _read(incident, rule, value)
    stale = state.idle or state.missing >= MISSING_TICKS
    incident = replace(incident, flaps=state.flaps, stale=stale, idle=state.idle)
    if state.severity is Severity.OK:
        reason = "no traffic" if state.idle_since is not None else "recovered"
        return close(incident, reason, timestamp)
    if not incident.open:
        incident = _back(incident, timestamp)
    level = rule.level(state.severity) if rule.unit == incident.unit else None
    return replace(
        incident,
        severity=state.severity,
        ends_below=level.clear if level else None,
        ends_after=rule.keep_firing_for,
        peak=max(incident.peak, state.severity),
        state="recovering" if _is_recovering(incident, rule, state) else "firing",
    )


def _read(incident: Incident, rule: Rule, value: float) -> Incident:
    """Note what its rule reads, as the rule is now; it may have been deployed anew.

    Values of two units do not compare; the last one stays in its own until there is another.
    """
    incident = replace(incident, title=rule.title, description=rule.description)
    known = value == value  # not NaN
    if rule.unit != incident.unit:
        if not known:
            return incident
        incident = replace(incident, unit=rule.unit, worst=value)
    return replace(
        incident,
        value=value if known else incident.value,
        worst=max(value, incident.worst) if known else incident.worst,
        warning=rule.threshold(Severity.WARNING),
        critical=rule.threshold(Severity.CRITICAL),
    )


def _back(incident: Incident, timestamp: Timestamp) -> Incident:
    """Open an incident again; who has seen it, and what was behind it, was of the last time."""
    return replace(
        incident,
        ended=None,
        reason="",
        lasted=None,
        back_after=timestamp.unix if incident.ended is None else incident.ended,
        reopened=incident.reopened + 1,
        acked_by="",
        acked_before=NOT_ACKNOWLEDGED,
        blocked_by=None,
        slowest=None,
        died_of=(),
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
    return replace(
        noted(incident, f"Resolved: {reason}", timestamp.unix),
        state="ended",
        reason=reason,
        ended=timestamp.unix,
        lasted=max(0.0, timestamp.now - incident.began) if incident.began else None,
        acked=Severity.OK,
    )


def noted(incident: Incident, text: str, unix: float) -> Incident:
    """Add to what happened to an incident."""
    history = (*incident.history, RecentChange(unix, text))
    return replace(incident, history=history[-HISTORY_MAX:])
