"""Incidents and rules → IncidentsAnswer; an Incident → IncidentLine, as every list shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.reads import Quality
from services.debugcog.alerting.rule_status import RuleStatus, worst_first
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.sentences import lasted_seconds, value_text
from services.debugcog.answers.figure import Figure, severity_of
from services.debugcog.answers.published import Published
from services.debugcog.answers.reads import read
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen

ENDED_SHOWN = 25
NOBODY: Mapping[str, str] = {}


@frozen
class IncidentLine:
    """An incident as a list shows it; times are unix seconds.

    Attributes:
        id: its number.
        rule: name of the rule.
        title: in words.
        severity: now; of one that has ended, the worst that it was.
        mark: of that.
        value: the last one.
        worst: the worst one.
        text: the value with its limit, or why there is none; may be empty.
        since: when the breach began.
        ended: None while it is open.
        lasted: seconds, until now while it is open.
        state: ``firing``, ``recovering`` or ``ended``.
        reason: of its end; empty while it is open.
        acknowledged_by: a name, or a mention where that is not known; empty when nobody has as bad
            as it is now.
        acknowledged_at: None when nobody has.
        silenced: whether its rule is silenced.
    """

    id: int
    rule: str
    title: str
    severity: Severity
    mark: str
    value: Figure
    worst: Figure
    text: str
    since: float
    ended: float | None
    lasted: Figure
    state: str
    reason: str
    acknowledged_by: str
    acknowledged_at: float | None
    silenced: bool


@frozen
class RuleLine:
    """A rule as it stands.

    Attributes:
        name: of the rule.
        title: in words.
        description: what its value is.
        mark: of the rule, also where it has no value.
        value: what it reads now.
        warning: threshold in force.
        critical: threshold in force.
        missing: why there is no value; empty when there is one.
    """

    name: str
    title: str
    description: str
    mark: str
    value: Figure
    warning: Figure
    critical: Figure
    missing: str


@frozen
class IncidentsAnswer:
    """What fires, what has fired, and what is watched.

    Attributes:
        incidents: all open ones, the worst first, then the newest.
        rules: all, the worst first.
        trouble: says what is missing and why; None when all is well.
    """

    incidents: tuple[IncidentLine, ...]
    rules: tuple[RuleLine, ...]
    trouble: str | None


async def incidents(sources: Sources, published: Published) -> IncidentsAnswer:
    """Answer from the state file; where it does not answer, with the open ones."""
    found = await read(
        sources.query, "Ended incidents", partial(store.incidents, ended=ENDED_SHOWN)
    )
    shown = published.incidents if found.value is None else found.value
    return IncidentsAnswer(
        incidents=incident_lines(shown, sources.clock(), published.people),
        rules=tuple(map(rule_line, worst_first(published.rules.values()))),
        trouble=found.trouble,
    )


def incident_lines(
    found: Iterable[Incident], now: float, people: Mapping[str, str] = NOBODY
) -> tuple[IncidentLine, ...]:
    """Show incidents, the open ones first and the worst of them at the top."""
    lines = [incident_line(one, now, people) for one in found]
    return tuple(sorted(lines, key=_open_first))


def incident_line(
    incident: Incident, now: float, people: Mapping[str, str] = NOBODY
) -> IncidentLine:
    """Show an incident.

    Args:
        incident: as it stands.
        now: unix seconds.
        people: names of those who are stored as a mention.
    """
    severity = incident.severity if incident.open else incident.peak
    lasted = max(0.0, now - incident.since) if incident.open else lasted_seconds(incident)
    acked = incident.acked_by if incident.open and incident.acked >= incident.severity else ""
    return IncidentLine(
        id=incident.id,
        rule=incident.rule,
        title=incident.title,
        severity=severity,
        mark=severity.mark,
        value=Figure(None if incident.stale else incident.value, incident.unit, severity),
        worst=Figure(incident.worst, incident.unit, incident.peak),
        text=value_text(incident),
        since=incident.since,
        ended=incident.ended,
        lasted=Figure(round(lasted), "s"),
        state=incident.state,
        reason=incident.reason,
        acknowledged_by=people.get(acked, acked),
        acknowledged_at=incident.acked_at if acked else None,
        silenced=incident.open and bool(incident.silenced_until),
    )


def rule_line(status: RuleStatus) -> RuleLine:
    """Show a rule."""
    rule, unit = status.rule, status.rule.unit
    good = status.signal.quality is Quality.GOOD
    return RuleLine(
        name=rule.name,
        title=rule.title,
        description=rule.description,
        mark=status.mark,
        value=Figure(status.signal.value if good else None, unit, severity_of(status)),
        warning=Figure(rule.threshold(Severity.WARNING), unit),
        critical=Figure(rule.threshold(Severity.CRITICAL), unit),
        missing=status.missing,
    )


def _open_first(line: IncidentLine) -> tuple[bool, int, float]:
    """Sort the open ones by severity and age, the ended ones from new to old."""
    if line.ended is None:
        return False, -line.severity, line.since
    return True, -line.id, 0.0
