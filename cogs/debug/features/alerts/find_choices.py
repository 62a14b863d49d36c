"""Open incidents, rules and typed text → the choices of `find`, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.debug.features.alerts.crash_list import LATEST
from cogs.debug.ui.reply import OPTIONS_MAX
from cogs.debug.ui.severity_labels import MARKS
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.wording import clip

CHOICE_MAX = 100


def found_by(
    typed: str, firing: Sequence[Incident], rules: Sequence[Rule]
) -> list[tuple[str, str]]:
    """List what has the typed text in its name: text and value of each choice."""
    worst = {one.rule: one.severity for one in firing}
    choices = (
        *map(_incident, sorted(firing, key=lambda one: (-one.severity, one.since))),
        ("The latest crash: what it died of", LATEST),
        *map(_rule, sorted(rules, key=lambda one: -worst.get(one.name, Severity.OK))),
    )
    wanted = typed.casefold()
    fitting = [one for one in choices if wanted in f"{one[0]} {one[1]}".casefold()]
    return [(clip(name, CHOICE_MAX), value) for name, value in fitting[:OPTIONS_MAX]]


def _incident(incident: Incident) -> tuple[str, str]:
    return f"{MARKS[incident.severity]} #{incident.id} {incident.title}", str(incident.id)


def _rule(rule: Rule) -> tuple[str, str]:
    return f"Rule: {rule.title}", rule.name
