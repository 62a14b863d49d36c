"""Incident, its errors and points → the reply of "Details", with what its card leaves out."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.debug.features.alerts.actions import ListAlerts, OpenIncident, OpenRule
from cogs.debug.features.alerts.breach_chart import ChartSource, breach_chart, charted_points
from cogs.debug.features.alerts.incident_card import (
    acknowledge_button,
    incident_embed,
    silence_controls,
)
from cogs.debug.features.alerts.incident_causes import error_line
from cogs.debug.ui.escaping import block, escaped
from cogs.debug.ui.people import with_people
from cogs.debug.ui.reply import FIELD_VALUE_MAX, Button, Menu, Reply
from cogs.debug.ui.times import moment
from services.debugcog.alerting.causes import RelatedError
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rules import CRASH_LOOP, DATA_MISSING
from services.debugcog.units import human
from services.debugcog.wording import clip

VALUES_SHOWN = 8
EVENTS_SHOWN = 12


def panel(
    incident: Incident,
    errors: Sequence[RelatedError],
    source: ChartSource,
    now: float,
    changes: Sequence[RecentChange] = (),
) -> Reply:
    """Render an incident for who asked for it, with its course and all that can be done.

    Args:
        incident: as it stands.
        errors: groups that were seen since it began.
        source: of the chart.
        now: unix seconds.
        changes: of the bot and the rule since shortly before it.
    """
    embed = incident_embed(incident, source)
    for name, lines in (
        ("Value over time", _values(incident, source, now)),
        ("What happened", _history(incident, changes, now)),
        ("Errors since it began", [error_line(error) for error in errors]),
    ):
        if lines:
            text = clip("\n".join(lines), FIELD_VALUE_MAX)
            embed.add_field(name=name, value=text, inline=False)
    if incident.blocked_by and incident.blocked_by.stack:
        stack = block(incident.blocked_by.stack, FIELD_VALUE_MAX)
        embed.add_field(name="Stack while blocked", value=stack, inline=False)
    chart = breach_chart(incident, source, now, changes)
    return Reply(embeds=(embed,), controls=panel_controls(incident), chart=chart)


def panel_controls(incident: Incident) -> tuple[Button | Menu, ...]:
    """Offer all that can be done to who has opened an incident."""
    around = (
        Button("Refresh", OpenIncident(incident.id)),
        *_rule(incident),
        Button("All alerts", ListAlerts()),
    )
    if not incident.open:
        return around
    return (*acknowledge_button(incident), *around, *silence_controls(incident))


def _rule(incident: Incident) -> tuple[Button, ...]:
    """Lead to the rule, or to the one whose value is missing; crashes have none to open."""
    if incident.rule == CRASH_LOOP:
        return ()
    return (Button("Open rule", OpenRule(incident.rule.removeprefix(DATA_MISSING))),)


def _values(incident: Incident, source: ChartSource, now: float) -> list[str]:
    """List some of the values from shortly before the breach to now, evenly over that time."""
    points = charted_points(incident, source, now)
    chosen = _spread(points) if len(points) > VALUES_SHOWN else points
    return [f"{moment(time, now)} {escaped(human(value, incident.unit))}" for time, value in chosen]


def _spread(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Choose the points nearest to evenly spread times, the first and the last among them."""
    start, length = points[0][0], points[-1][0] - points[0][0]
    times = (start + length * n / (VALUES_SHOWN - 1) for n in range(VALUES_SHOWN))
    chosen = {min(points, key=lambda point: abs(point[0] - time)) for time in times}
    return sorted(chosen)


def _history(incident: Incident, changes: Sequence[RecentChange], now: float) -> list[str]:
    """List what happened to it, and what was changed around it while it was open."""
    end = incident.ended or now
    meanwhile = [change for change in changes if incident.since <= change.at <= end]
    events = sorted((*incident.history, *meanwhile), key=lambda event: event.at)
    return [
        f"{moment(event.at, now)} {with_people(event.text)}" for event in events[-EVENTS_SHOWN:]
    ]
