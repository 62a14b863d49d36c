"""Handlers of /debug alerts and its controls: each calls AlertService and returns a Reply."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cogs.debug.features.alerts import confirmations
from cogs.debug.features.alerts import rule_card as cards
from cogs.debug.features.alerts.actions import (
    Acknowledge,
    AskThresholds,
    ListAlerts,
    OpenCrash,
    OpenIncident,
    OpenRule,
    ResetThresholds,
    RestoreSilence,
    SendTestAlert,
    SetThresholds,
    ShowRule,
    SilenceIncident,
    SilenceRule,
    UndoAcknowledge,
    UndoSilence,
    UnsilenceIncident,
    UnsilenceRule,
)
from cogs.debug.features.alerts.breach_chart import ChartSource
from cogs.debug.features.alerts.crash_card import crash_details
from cogs.debug.features.alerts.crash_list import LATEST
from cogs.debug.features.alerts.delivery_labels import delivery, trial
from cogs.debug.features.alerts.find_choices import found_by
from cogs.debug.features.alerts.incident_details import panel
from cogs.debug.features.alerts.reply import Board, listing, matches
from cogs.debug.ui.actions import ControlError
from cogs.debug.ui.escaping import inline
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Button, Form, Reply, problem
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.incident_parts import MARKED_BEFORE
from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.rule_status import RuleStatus, rules_named
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.runs import CRASHES_KEPT
from services.debugcog.frozen import frozen
from services.debugcog.outbox.records import Receipt
from services.debugcog.outbox.sender import Sender
from services.debugcog.outbox.undelivered import summary
from services.debugcog.windows import WINDOWS, Window

TRIAL_SECONDS = 5.0
"""How long a test alert may take before its sender is told that it is on its way."""

NEVER_CRASHED = "No crash is on record."
NO_CRASH = "No such crash is kept; `/debug alerts` lists those of the last 7 days."


@frozen(kw_only=True)
class AlertHandlers:
    """What /debug alerts and its controls do.

    Attributes:
        alerts: what is asked and changed.
        sender: of the outbox; None without a channel for alerts.
        charts: where charts come from.
        link: gives the address of a message that was sent; empty where it is not known.
        in_thread: tells whether the channel for alerts is a thread.
        troubles: lists what keeps alerts from being made or kept, in sentences.
        evaluated: whether rules are evaluated at all.
    """

    alerts: AlertService
    sender: Sender[Any] | None
    charts: ChartSource
    link: Callable[[Receipt], str]
    in_thread: Callable[[], bool]
    troubles: Callable[[], list[str]]
    evaluated: bool = True

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ListAlerts, asked(self.board)),
            Control(SendTestAlert, self.test),
            Control(OpenCrash, asked(self.crash)),
            Control(OpenIncident, asked(lambda action: self.incident(action.incident))),
            Control(Acknowledge, self.acknowledge),
            Control(SilenceIncident, self.silence_incident),
            Control(UndoAcknowledge, self.undo_acknowledge),
            Control(UndoSilence, self.undo_silence),
            Control(RestoreSilence, self.undo_silence),
            Control(UnsilenceIncident, self.unsilence_incident),
            Control(OpenRule, asked(lambda action: self.rule(action.rule))),
            Control(ShowRule, asked(lambda action: self.rule(action.rule, action.window))),
            Control(SilenceRule, self.silence_rule),
            Control(UnsilenceRule, self.unsilence_rule),
            Control(AskThresholds, form=self.ask_thresholds),
            Control(SetThresholds, submit=self.set_thresholds),
            Control(ResetThresholds, self.reset_thresholds),
        )

    async def open(self, find: str) -> Reply:
        """Show the board, an incident by its number, or what has a name, a title or a part."""
        wanted = find.strip().removeprefix("#").casefold()
        if not wanted:
            return await self.board(ListAlerts())
        if wanted == LATEST:
            return await self.crash(OpenCrash())
        if wanted.isascii() and wanted.isdigit():
            return await self.incident(int(wanted[:18]))
        rules = rules_named(wanted, self.alerts.rule_statuses())
        if len(rules) == 1:
            return await self._card(rules[0])
        listed = (one for one in await self.alerts.incidents() if one.open or not rules)
        incidents = tuple(one for one in listed if wanted in one.title.casefold())
        if len(incidents) == 1 and not rules:
            return await self._incident(incidents[0], incidents[0].id)
        if incidents or rules:
            return matches(find, incidents, rules)
        return problem(
            f"No incident or rule is known as {inline(find, 60)}; `/debug alerts` lists them."
        )

    async def board(self, _: ListAlerts) -> Reply:
        """Show incidents, silences, and whether alerts can be delivered."""
        condition = await self.sender.condition() if self.sender else None
        lines, trouble = delivery(condition, self.troubles(), in_thread=self.in_thread())
        return listing(
            Board(
                incidents=await self.alerts.incidents(),
                rule_statuses=self.alerts.rule_statuses(),
                silences=self.alerts.silences,
                delivery=lines,
                trouble=trouble,
                undelivered=summary(condition, time.time()),
                crashes=await self.alerts.crashes(),
            )
        )

    async def crash(self, action: OpenCrash) -> Reply:
        """Show a crash, or the latest one."""
        known = await self.alerts.crashes(CRASHES_KEPT)
        found = (one for one in known if action.run in (0, one.number))
        crash = next(found, None)
        if crash is None:
            return problem(NO_CRASH if action.run else NEVER_CRASHED)
        return crash_details(crash)

    async def incident(self, number: int) -> Reply:
        """Show an incident as it stands now."""
        return await self._incident(await self.alerts.incident(number), number)

    async def acknowledge(self, action: Acknowledge, by: str) -> Reply:
        """Stop the repeats of an incident."""
        incident = await self.alerts.acknowledge(action.incident, by)
        if incident is None:
            return await self._unchanged(action.incident)
        return confirmations.acknowledged(incident, by)

    async def undo_acknowledge(self, action: UndoAcknowledge, by: str) -> Reply:
        """Let an incident be repeated as before."""
        incident = await self.alerts.undo_acknowledge(action.incident, action.at, by)
        if incident is not None:
            return confirmations.unacknowledged(incident)
        back = confirmations.to_incident(action.incident)
        return confirmations.too_late(f"the acknowledgement of #{action.incident}", back)

    async def silence_incident(self, action: SilenceIncident, by: str) -> Reply:
        """Silence an incident's rule."""
        _check_silence(action.seconds)
        found = await self.alerts.silence_incident(action.incident, action.seconds, by)
        if found is None or found.incident is None:
            return await self._unchanged(action.incident)
        back = confirmations.to_incident(action.incident)
        return confirmations.silenced(found.incident.title, found.silence, found.before, back)

    async def unsilence_incident(self, action: UnsilenceIncident, by: str) -> Reply:
        """End the silence of an incident's rule."""
        found = await self.alerts.incident(action.incident)
        if found is None:
            return await self._unchanged(action.incident)
        await self.alerts.unsilence(found.rule, by)
        return confirmations.unsilenced(found.title, confirmations.to_incident(found.id))

    async def undo_silence(self, action: UndoSilence | RestoreSilence, by: str) -> Reply:
        """Put back what was in force before a silence, under its number: it may be undone, too."""
        before = None
        if action.severity is not Severity.OK:
            number = action.before if isinstance(action, RestoreSilence) else 0
            before = Silence("", action.severity, 0.0, float(action.until), action.by, number)
        rule = await self.alerts.undo_silence(action.silence, before, by)
        if rule is None:
            return confirmations.too_late("the silence", Button("All alerts", ListAlerts()))
        rule_status = self.alerts.rule_status(rule)
        title = rule_status.rule.title if rule_status else rule
        back = confirmations.to_rule(rule)
        return confirmations.silence_undone(title, self.alerts.silence_of(rule), back)

    async def rule(self, name: str, window: Window = "1h") -> Reply:
        """Show a rule as it stands now."""
        rule_status = self.alerts.rule_status(name)
        return await self._card(rule_status, window) if rule_status else _no_rule(name)

    async def silence_rule(self, action: SilenceRule, by: str) -> Reply:
        """Silence a rule."""
        if action.severity is Severity.OK:
            raise ControlError("a silence is of warnings, or of warnings and critical")
        _check_silence(action.seconds)
        rule_status = self.alerts.rule_status(action.rule)
        if rule_status is None:
            return _no_rule(action.rule)
        found = await self.alerts.silence(action.rule, action.seconds, by, action.severity)
        back = confirmations.to_rule(action.rule)
        return confirmations.silenced(rule_status.rule.title, found.silence, found.before, back)

    async def unsilence_rule(self, action: UnsilenceRule, by: str) -> Reply:
        """End the silence of a rule."""
        rule_status = self.alerts.rule_status(action.rule)
        if rule_status is None:
            return _no_rule(action.rule)
        await self.alerts.unsilence(action.rule, by)
        back = confirmations.to_rule(action.rule)
        return confirmations.unsilenced(rule_status.rule.title, back)

    def ask_thresholds(self, action: AskThresholds) -> Form | Reply:
        """Ask for thresholds."""
        rule_status = self.alerts.rule_status(action.rule)
        return cards.thresholds_form(rule_status, action) if rule_status else _no_rule(action.rule)

    async def set_thresholds(
        self, action: SetThresholds, texts: Mapping[str, str], by: str
    ) -> Reply:
        """Change a rule's thresholds to what was typed; refused, it can be corrected."""
        rule_status = self.alerts.rule_status(action.rule)
        if rule_status is None:
            return _no_rule(action.rule)
        try:
            values = cards.typed_thresholds(rule_status, texts)
            await self.alerts.set_thresholds(action.rule, values, by)
        except ValueError as error:
            return cards.refused(await self._card(rule_status), rule_status, str(error), texts)
        note = confirmations.thresholds_changed(values, rule_status.rule.unit)
        return await self._noted(action.rule, note)

    async def reset_thresholds(self, action: ResetThresholds, by: str) -> Reply:
        """Go back to the thresholds of the settings, or of the host."""
        if self.alerts.rule_status(action.rule) is None:
            return _no_rule(action.rule)
        await self.alerts.set_thresholds(action.rule, {}, by)
        return await self._noted(action.rule, "Default thresholds restored.")

    async def test(self, _: SendTestAlert, by: str) -> Reply:
        """Send a test alert, to a channel that refused the last one too; wait for its end."""
        if self.sender is None:
            return trial(None, None, "")
        self.sender.probe()  # who has just given the rights back asks now, not in an hour
        receipt = await self.sender.follow(await self.alerts.test(by), TRIAL_SECONDS)
        link, condition = self.link(receipt) if receipt else "", await self.sender.condition()
        return trial(receipt, condition, link, in_thread=self.in_thread())

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Complete open incidents, then rules, the worst of both first."""
        return found_by(typed, self.alerts.open, self.alerts.configured)

    async def _card(self, rule_status: RuleStatus, window: Window = "1h") -> Reply:
        now = time.time()
        changes = await self.alerts.changes(rule_status.rule.name, now - WINDOWS[window][0])
        points, evaluated = self.charts.points, self.evaluated
        return cards.rule_card(rule_status, points, now, window, changes, evaluated=evaluated)

    async def _noted(self, name: str, note: str) -> Reply:
        return replace(await self.rule(name), content=note)

    async def _unchanged(self, number: int) -> Reply:
        """Tell that an incident is over, or not known, so that nothing was changed."""
        found = await self.alerts.incident(number)
        return confirmations.over(found) if found else _no_incident(number)

    async def _incident(self, incident: Incident | None, number: int) -> Reply:
        if incident is None:
            return _no_incident(number)
        errors = await self.alerts.related_errors(incident)
        changes = await self.alerts.changes(incident.rule, incident.since - MARKED_BEFORE)
        return panel(incident, errors, self.charts, time.time(), changes)


def _check_silence(seconds: int) -> None:
    if not seconds:
        raise ControlError("a silence of 0 s")


def _no_incident(number: int) -> Reply:
    return problem(f"No incident #{number} is kept; `/debug alerts` lists the latest.")


def _no_rule(name: str) -> Reply:
    return problem(f"There is no rule {inline(name, 60)} now; `/debug alerts` lists the rules.")
