"""Incident → the fields that name what was measured to be behind it, or general advice."""

from __future__ import annotations

from collections import Counter

from cogs.debug.features.alerts.breach_chart import LONGEST, ChartSource
from cogs.debug.features.alerts.crash_list import UNKNOWN
from cogs.debug.ui.escaping import escaped
from services.debugcog.alerting.advice import advice_for
from services.debugcog.alerting.causes import RelatedError
from services.debugcog.alerting.incidents import Incident
from services.debugcog.units import human
from services.debugcog.wording import counted

ERROR_MAX = 120
CAUSES_SHOWN = 3


def causes(incident: Incident) -> list[tuple[str, str]]:
    """Name what was measured to be behind it."""
    fields = []
    if (part := incident.slowest) is not None:
        before = "" if part.before is None else f", up from {human(part.before, 'ms')}"
        fields.append(("Slowest part", f"{part.name}: **{human(part.now, 'ms')}**{before}"))
    if incident.errors:
        fields.append(("Errors behind it", "\n".join(map(error_line, incident.errors))))
    if any(incident.died_of):
        found = Counter(cause or UNKNOWN for cause in incident.died_of)
        lines = (
            f"**{counted(count, 'time')}** {escaped(cause, ERROR_MAX)}"
            for cause, count in found.most_common(CAUSES_SHOWN)
        )
        fields.append(("Died of", "\n".join(lines)))
    return fields


def error_line(error: RelatedError) -> str:
    """Name an error group with its count, and the id by which /debug errors finds it."""
    times = counted(error.count, "time")
    return f"**{times}** {escaped(error.title, ERROR_MAX)} · `{error.group}`"


def advice(incident: Incident, source: ChartSource) -> list[tuple[str, str]]:
    """Give general advice, for parts that the bot has, where nothing better is known."""
    measured = (incident.slowest, incident.errors, incident.blocked_by, *incident.died_of)
    if not incident.open or any(measured):
        return []
    general = advice_for(incident.rule, lambda metric: source.points(metric, LONGEST))
    if not general.causes:
        return []
    text = f"Often: {' · '.join(general.causes)}\nTry: {' · '.join(general.fixes)}"
    return [("General advice, not measured", text)]
