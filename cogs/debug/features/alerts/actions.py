"""Actions of the controls of /debug alerts and of incident and rule cards."""

from __future__ import annotations

from cogs.debug.ui.actions import Action, Seconds
from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window


@frozen
class ListAlerts(Action, name="alerts"):
    """List incidents, silences, and whether alerts can be delivered."""


@frozen
class SendTestAlert(Action, name="alerts.test"):
    """Send a test alert, and tell what became of it."""


@frozen
class OpenIncident(Action, name="alert.details"):
    """Show an incident as it stands."""

    incident: int


@frozen
class OpenCrash(Action, name="crash"):
    """Show a crash, by the number of its run; the latest one for 0."""

    run: int = 0


@frozen
class Acknowledge(Action, name="alert.ack"):
    """Stop the repeats of an incident."""

    incident: int


@frozen
class UndoAcknowledge(Action, name="alert.ack_undo"):
    """Undo an acknowledgement, which is told from others by its unix milliseconds."""

    incident: int
    at: int


@frozen
class SilenceIncident(Action, name="alert.silence"):
    """Silence the rule of an incident, up to the severity that it has."""

    incident: int
    seconds: Seconds


@frozen
class RestoreSilence(Action, name="silence.back"):
    """Undo a silence, and put back the one that was in force before it.

    Attributes:
        by: who had set the one before.
        silence: number of the one to undo.
        before: number of the one before.
        severity: of the one before.
        until: unix seconds at which that one ends.
    """

    by: str
    silence: int
    before: int
    severity: Severity
    until: int


@frozen
class UndoSilence(Action, name="silence.undo"):
    """Undo a silence; in messages of earlier versions, put back the one before it, if any.

    Attributes:
        by: who had set the one before.
        silence: number of the one to undo.
        severity: of the one before; OK when there was none.
        until: unix seconds at which that one ends.
    """

    by: str
    silence: int
    severity: Severity
    until: int


@frozen
class UnsilenceIncident(Action, name="alert.unsilence"):
    """End the silence of an incident's rule."""

    incident: int


@frozen
class OpenRule(Action, name="rule"):
    """Show a rule as it stands."""

    rule: str


@frozen
class ShowRule(Action, name="rule.window"):
    """Show a rule with its chart of a window."""

    rule: str
    window: Window


@frozen
class SilenceRule(Action, name="rule.silence"):
    """Silence a rule up to a severity."""

    rule: str
    severity: Severity
    seconds: Seconds


@frozen
class UnsilenceRule(Action, name="rule.unsilence"):
    """End the silence of a rule."""

    rule: str


@frozen
class AskThresholds(Action, name="rule.form", separator="|"):
    """Ask for a rule's thresholds, in a form that holds what was typed before."""

    rule: str
    warning: str = ""
    critical: str = ""


@frozen
class SetThresholds(Action, name="rule.set"):
    """Take the thresholds that were typed into the form."""

    rule: str


@frozen
class ResetThresholds(Action, name="rule.default"):
    """Go back to the thresholds of the settings, or of the host."""

    rule: str
