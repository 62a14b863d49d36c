"""What is asked or done about alerts → Reply: the board, an incident or a rule as it stands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from cogs.debug.app.runtime import Runtime
from cogs.debug.features.alerts import rule_card as cards
from cogs.debug.features.alerts.alert_list import Board, listing
from cogs.debug.features.alerts.breach_chart import ChartSource
from cogs.debug.features.alerts.delivery_labels import delivery, trial
from cogs.debug.features.alerts.incident_card import panel
from cogs.debug.ui.component_interaction import ControlError, duration, number
from cogs.debug.ui.escaping import inline, plain
from cogs.debug.ui.reply import Form, Reply, clip, problem
from cogs.debug.ui.severity_labels import MARKS, silenced_levels
from cogs.debug.ui.times import at
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.units import parse, write

TRIAL_SECONDS = 5.0
"""How long a test alert may take before its sender is told that it is on its way."""

SEVERITIES = {"1": Severity.WARNING, "2": Severity.CRITICAL}


class AlertPanels:
    """Each panel is one call of the alert service, and one reply built from its answer."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._alerts = runtime.alerting.service
        self._points = runtime.metrics.points
        self._source = ChartSource(self._points, self._alerts.charted)

    async def open(self, find: str = "") -> Reply:
        """Show the board, an incident by its number, or a rule by its name or title."""
        wanted = find.strip().removeprefix("#").casefold()
        if not wanted:
            return await self.board("")
        if wanted.isascii() and wanted.isdigit():
            return await self.incident(wanted[:18])
        for one in self._alerts.rule_statuses():
            if wanted in (one.rule.name, one.rule.title.casefold()):
                return self._rule(one)
        return problem(
            f"No incident or rule is known as {inline(find, 60)}; `/debug alerts` lists them."
        )

    async def board(self, _: str) -> Reply:
        """Show incidents, silences, and whether alerts can be delivered."""
        sender = self._runtime.alerting.delivery
        condition = await sender.condition() if sender else None
        lines, trouble = delivery(condition, self._troubles())
        return listing(
            Board(
                incidents=await self._alerts.incidents(),
                rule_statuses=self._alerts.rule_statuses(),
                silences=self._alerts.silences,
                delivery=lines,
                trouble=trouble,
            )
        )

    async def incident(self, argument: str) -> Reply:
        """Show an incident as it stands now."""
        found = await self._alerts.incident(number(argument))
        return self._incident(found, argument)

    async def acknowledge(self, argument: str, by: str) -> Reply:
        """Stop the repeats of an incident, and show it."""
        changed = await self._alerts.acknowledge(number(argument), by)
        return await self._changed(changed, argument)

    async def silence(self, argument: str, by: str) -> Reply:
        """Silence an incident's rule, and show it; ``argument`` is ``<incident>.<seconds>``."""
        incident, _, text = argument.partition(".")
        seconds = _silence_of(text)
        changed = await self._alerts.silence_incident(number(incident), seconds, by)
        return await self._changed(changed, incident)

    async def unsilence(self, argument: str) -> Reply:
        """End the silence of an incident's rule, and show the incident."""
        found = await self._alerts.incident(number(argument))
        if found is not None:
            await self._alerts.unsilence(found.rule)
        return await self.incident(argument)

    async def rule(self, name: str) -> Reply:
        """Show a rule as it stands now."""
        rule_status = self._alerts.rule_status(name)
        return self._rule(rule_status) if rule_status else _no_rule(name)

    async def silence_rule(self, argument: str, by: str) -> Reply:
        """Silence a rule; ``argument`` is ``<rule>.<severity>.<seconds>``."""
        name, severity, text = _three(argument)
        if severity not in SEVERITIES:
            raise ControlError(f"no severity {severity!r}")
        level, seconds = SEVERITIES[severity], _silence_of(text)
        if self._alerts.rule_status(name) is None:
            return _no_rule(name)
        await self._alerts.silence(name, seconds, by, level)
        until = at(time.time() + seconds)
        return await self._noted(name, f"No posts about {silenced_levels(level)} until {until}.")

    async def unsilence_rule(self, name: str) -> Reply:
        """End the silence of a rule."""
        if self._alerts.rule_status(name) is None:
            return _no_rule(name)
        await self._alerts.unsilence(name)
        return await self._noted(name, "The silence is over; what fires is told now.")

    def thresholds_form(self, argument: str) -> Form | Reply:
        """Ask for thresholds; ``argument`` is a rule's name, and what was typed before."""
        name, *typed = argument.split("|")
        rule_status = self._alerts.rule_status(name)
        return cards.thresholds_form(rule_status, tuple(typed)) if rule_status else _no_rule(name)

    async def set_thresholds(self, name: str, texts: Mapping[str, str], by: str) -> Reply:
        """Change a rule's thresholds to what was typed; refused, it can be corrected."""
        rule_status = self._alerts.rule_status(name)
        if rule_status is None:
            return _no_rule(name)
        try:
            values = _values(rule_status, texts)
            await self._alerts.set_thresholds(name, values, by)
        except ValueError as error:
            return cards.refused(self._rule(rule_status), rule_status, str(error), texts)
        unit = rule_status.rule.unit
        told = ", ".join(f"{level.word} {write(value, unit)}" for level, value in values.items())
        return await self._noted(name, f"Thresholds changed: {told}. They stay over restarts.")

    async def default_thresholds(self, name: str, by: str) -> Reply:
        """Go back to the thresholds of the settings, or of the host."""
        if self._alerts.rule_status(name) is None:
            return _no_rule(name)
        await self._alerts.set_thresholds(name, {}, by)
        return await self._noted(name, "The default thresholds are back.")

    async def test(self, _: str, by: str) -> Reply:
        """Send a test alert, to a channel that refused the last one too; wait for its end."""
        sender = self._runtime.alerting.delivery
        if sender is None:
            return trial(None, None, "")
        sender.probe()  # who has just given the rights back asks now, not in an hour
        subject = await self._alerts.test(by)
        receipt = await sender.follow(subject, TRIAL_SECONDS)
        link = self._runtime.alerting.link(receipt) if receipt else ""
        return trial(receipt, await sender.condition(), link)

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Complete open incidents, then rules."""
        open_ones = [
            (f"{MARKS[one.severity]} #{one.id} {one.title}", str(one.id))
            for one in self._alerts.open
        ]
        rules = [(f"Rule: {one.title}", one.name) for one in self._alerts.configured]
        wanted = typed.casefold()
        names = [(clip(name, 100), value) for name, value in (*open_ones, *rules)]
        return [one for one in names if wanted in f"{one[0]} {one[1]}".casefold()][:25]

    def _rule(self, rule_status: RuleStatus, note: str = "") -> Reply:
        return cards.rule_card(rule_status, self._points, time.time(), note)

    async def _noted(self, name: str, note: str) -> Reply:
        return replace(await self.rule(name), content=note)

    async def _changed(self, incident: Incident | None, argument: str) -> Reply:
        """Show an incident after a change; one that has ended takes none."""
        if incident is not None:
            return self._incident(incident, argument)
        found = await self._alerts.incident(number(argument))
        note = "It is over: nothing was changed." if found else ""
        return self._incident(found, argument, note)

    def _incident(self, incident: Incident | None, argument: str, note: str = "") -> Reply:
        if incident is None:
            return problem(f"No incident {argument} is kept; `/debug alerts` lists the latest.")
        return panel(incident, self._source, time.time(), note)

    def _troubles(self) -> list[str]:
        troubles = []
        if not self._runtime.settings.metrics_enabled:
            troubles.append("No rule is evaluated: `METRICS_ENABLED` is false.")
        if self._alerts.failures:
            troubles.append(f"{self._alerts.failures} evaluations failed; the log says why.")
        if self._runtime.database.trouble:
            troubles.append(plain(f"State file: {self._runtime.database.trouble}"))
        return troubles


def _values(rule_status: RuleStatus, texts: Mapping[str, str]) -> dict[Severity, float]:
    """Read the typed thresholds of the levels that a rule has.

    Raises:
        ValueError: some are none; names them all, and what is allowed.
    """
    rule, values, faults = rule_status.rule, {}, []
    for name, severity in cards.LEVELS.items():
        if rule.threshold(severity) is not None:
            try:
                values[severity] = parse(texts.get(name, ""), rule.unit)
            except ValueError as error:
                faults.append(f"{name.capitalize()}: {error}")
    if faults:
        raise ValueError(". ".join(faults))
    return values


def _three(argument: str) -> tuple[str, str, str]:
    parts = argument.rsplit(".", 2)
    if len(parts) != 3:
        raise ControlError(f"no silence {argument!r}")
    return parts[0], parts[1], parts[2]


def _silence_of(text: str) -> float:
    seconds = duration(text)
    if not seconds:
        raise ControlError(f"no silence of {text!r} s")
    return seconds


def _no_rule(name: str) -> Reply:
    return problem(f"There is no rule {inline(name, 60)} now; `/debug alerts` lists the rules.")
