"""RuleStatus → the rule's card with its controls, and the form to edit its thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

import discord

from cogs.debug.features.alerts.actions import (
    AskThresholds,
    ListAlerts,
    OpenRule,
    ResetThresholds,
    SetThresholds,
    ShowRule,
    SilenceRule,
    UnsilenceRule,
)
from cogs.debug.features.alerts.breach_chart import Points, rule_chart
from cogs.debug.features.alerts.rule_labels import described, value_now
from cogs.debug.ui.escaping import escaped, plain, short
from cogs.debug.ui.people import person
from cogs.debug.ui.reply import Button, Colour, Form, Input, Menu, Option, Reply, problem
from cogs.debug.ui.severity_labels import COLOURS, SILENCES, silenced_levels
from cogs.debug.ui.times import at
from cogs.debug.ui.windows import window_menu
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.reads import Quality
from services.debugcog.alerting.rule_status import UNKNOWN, RuleStatus
from services.debugcog.alerting.rules import Level, Severity
from services.debugcog.units import LARGEST, duration, human, parse, threshold, write
from services.debugcog.windows import WINDOWS, Window

LEVELS = {"warning": Severity.WARNING, "critical": Severity.CRITICAL}
WITHOUT_VALUE = {
    Quality.MISSING: "No value now. If reading it fails, the log says why.",
    Quality.FEW: "Not enough traffic to judge yet.",
}
NOT_EVALUATED = "Not evaluated: `METRICS_ENABLED` is false."
TYPED_MAX = 16
"""Two texts and a name fit into the id of a button, so that what was typed is not lost."""


def rule_card(
    rule_status: RuleStatus,
    points: Points,
    now: float,
    window: Window = "1h",
    changes: Iterable[RecentChange] = (),
    *,
    evaluated: bool = True,
) -> Reply:
    """Render how a rule stands, with what it watches.

    Args:
        rule_status: of the rule.
        points: ``MetricsService.points``.
        now: unix seconds.
        window: of the chart.
        changes: of the bot and the rule in the window.
        evaluated: whether rules are evaluated at all.
    """
    rule = rule_status.rule
    state = _now(rule_status) if evaluated else NOT_EVALUATED
    embed = discord.Embed(
        title=f"{rule_status.mark} {escaped(rule.title)}",
        description="\n".join(filter(None, (state, described(rule.description)))),
        colour=_colour(rule_status).value,
    )
    for name, value in _fields(rule_status):
        embed.add_field(name=name, value=value)
    embed.set_footer(text=f"Rule {rule.name}")
    chart = rule_chart(rule, points, now, WINDOWS[window][0], changes)
    return Reply(embeds=(embed,), controls=_controls(rule_status, window), chart=chart)


def refused(reply: Reply, rule_status: RuleStatus, why: str, typed: Mapping[str, str]) -> Reply:
    """Put what is wrong with typed thresholds below a rule's card, and offer them again."""
    warning, critical = (typed.get(name, "").replace("|", "")[:TYPED_MAX] for name in LEVELS)
    ask = AskThresholds(rule_status.rule.name, warning, critical)
    again = Button("Edit again", ask, style=discord.ButtonStyle.primary, row=0)
    why = plain(why.removeprefix(f"{rule_status.rule.name}: "))
    (wrong,) = problem(f"{why[:1].upper()}{why[1:]}. Nothing was changed.").embeds
    back = Button("Cancel", OpenRule(rule_status.rule.name), row=0)
    return replace(reply, embeds=(*reply.embeds, wrong), controls=(again, back), chart=None)


def thresholds_form(rule_status: RuleStatus, ask: AskThresholds) -> Form:
    """Ask for a rule's thresholds; in it stands what was typed before, or what is in force."""
    rule, configured = rule_status.rule, rule_status.configured
    before = {"warning": ask.warning, "critical": ask.critical}
    inputs = []
    for name, severity in LEVELS.items():
        enter, default = rule.threshold(severity), configured.threshold(severity)
        if enter is not None and default is not None:
            label = f"{name.capitalize()} (default {threshold(default, rule.unit)})"
            value = before.get(name) or write(enter, rule.unit)
            if len(value) > TYPED_MAX:
                value = write(enter, "")[:TYPED_MAX] if enter <= LARGEST else ""
            inputs.append(Input(name, label, value, TYPED_MAX))
    return Form(f"Thresholds: {short(rule.title)}", SetThresholds(rule.name), tuple(inputs))


def _now(rule_status: RuleStatus) -> str:
    incident, value = rule_status.incident, f"Now **{escaped(value_now(rule_status))}**."
    if incident is not None:
        recovering = ", recovering" if incident.state == "recovering" else ""
        state = f"{incident.severity.word.capitalize()}{recovering}: incident #{incident.id}."
    elif rule_status.pending:
        state = f"Above the {rule_status.pending.word} threshold, but not for long enough yet."
    elif not rule_status.recorded:
        return f"{rule_status.missing.capitalize()}."
    elif rule_status.missing:
        return WITHOUT_VALUE[rule_status.signal.quality]
    else:
        state = "No alert."
    return f"{value} {state}"


def _fields(rule_status: RuleStatus) -> list[tuple[str, str]]:
    rule, configured = rule_status.rule, rule_status.configured
    fields = [
        (name.capitalize(), _level(level, was, rule.unit))
        for name, level, was in (
            ("warning", rule.warning, configured.warning),
            ("critical", rule.critical, configured.critical),
        )
        if level and was
    ]
    fields.append(("Resolves", f"after {duration(rule.keep_firing_for)} below"))
    if rule_status.silence is not None:
        levels = silenced_levels(rule_status.silence.severity)
        until, by = at(rule_status.silence.shown_until), person(rule_status.silence.by)
        fields.append(("Silenced", f"{levels} until {until}, by {by}"))
    return fields


def _level(level: Level, configured: Level, unit: str) -> str:
    for_seconds = f"for {duration(level.for_seconds)}" if level.for_seconds else "at once"
    lines = [
        f"**{escaped(threshold(level.enter, unit))}** {for_seconds}",
        f"resolves below {escaped(human(level.clear, unit))}",
    ]
    if level.enter != configured.enter:
        lines.append(f"default {escaped(threshold(configured.enter, unit))}")
    return "\n".join(lines)


def _colour(rule_status: RuleStatus) -> Colour:
    return Colour.MUTED if rule_status.mark == UNKNOWN else COLOURS[rule_status.severity]


def _controls(rule_status: RuleStatus, window: Window) -> tuple[Button | Menu, ...]:
    rule = rule_status.rule
    style = discord.ButtonStyle.primary
    found: list[Button | Menu] = [
        window_menu(partial(ShowRule, rule.name), window),
        Button("Change thresholds", AskThresholds(rule.name), style=style, row=1),
    ]
    if rule_status.changed:
        found.append(Button("Default thresholds", ResetThresholds(rule.name), row=1))
    if rule_status.silence:
        found.append(Button("Unsilence", UnsilenceRule(rule.name), row=1))
    found.append(Button("Refresh", ShowRule(rule.name, window), row=1))
    found.append(Button("All alerts", ListAlerts(), row=1))
    both = "Warnings and critical" if rule.warning else "Critical"
    options = tuple(
        Option(f"{what} for {length}", SilenceRule(rule.name, severity, seconds))
        for severity, level, what in (
            (Severity.WARNING, rule.warning, "Warnings"),
            (Severity.CRITICAL, rule.critical, both),
        )
        if level
        for length, seconds in SILENCES
    )
    return (*found, Menu("Silence …", options, row=2))


def typed_thresholds(rule_status: RuleStatus, texts: Mapping[str, str]) -> dict[Severity, float]:
    """Read the typed thresholds of the levels that a rule has.

    Raises:
        ValueError: some are none; names them all, and what is allowed.
    """
    rule, values, faults = rule_status.rule, {}, []
    for name, severity in LEVELS.items():
        if rule.threshold(severity) is not None:
            try:
                values[severity] = parse(texts.get(name, ""), rule.unit)
            except ValueError as error:
                faults.append(f"{name.capitalize()}: {error}")
    if faults:
        raise ValueError(". ".join(faults))
    return values
