"""Typed actions come back from the custom ids that they were encoded into."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.debug import features
from cogs.debug.features.alerts.actions import (
    AskThresholds,
    ListAlerts,
    OpenIncident,
    OpenRule,
    RestoreSilence,
    SilenceIncident,
    SilenceRule,
    UndoAcknowledge,
    UndoSilence,
)
from cogs.debug.features.errors.actions import ListErrors, MuteError, UndoError
from cogs.debug.features.metrics.actions import ShowMetrics
from cogs.debug.ui.actions import (
    Action,
    ActionTooLongError,
    ControlError,
    Seconds,
    custom_id,
    parse_custom_id,
    tag_of,
    tagged,
)
from cogs.debug.ui.live import StopLive
from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen

NAMES = {
    *("metrics", "memory", "loglevel.debug", "loglevel.revert"),
    *("errors", "errors.details", "errors.mute", "errors.resolve", "errors.resolve_next"),
    *("errors.reopen", "alerts", "alerts.test", "alert.details", "alert.ack", "alert.silence"),
    *("alert.unsilence", "rule", "rule.silence", "rule.unsilence", "rule.form", "rule.set"),
    *("rule.default", "alert.ack_undo", "silence.undo", "errors.undo"),
    "silence.back",
}
"""The names that stand in messages that were sent: those of version 0.1, and of each undo."""


def defined() -> list[type[Action]]:
    folders = [one.name for one in pkgutil.iter_modules(features.__path__)]
    names = [f"{features.__name__}.{one}.actions" for one in folders]
    modules = [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]
    return [
        found
        for module in modules
        if module.Action  # a module has its names once it has run
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Action) and found is not Action
    ]


def test_the_names_of_messages_that_were_sent_long_ago_stay_and_none_is_given_twice() -> None:
    actions: tuple[type[Action], ...] = (*defined(), StopLive)
    names = [action.NAME for action in actions]
    assert set(names) >= NAMES
    assert [name for name in set(names) if names.count(name) > 1] == []


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (ShowMetrics("1h"), "debugcog:metrics:1h"),
        (ListAlerts(), "debugcog:alerts:"),
        (ListErrors(), "debugcog:errors:all"),
        (OpenIncident(12), "debugcog:alert.details:12"),
        (SilenceIncident(12, Seconds(3600)), "debugcog:alert.silence:12.3600"),
        (MuteError("1a2b3c4d", Seconds(0)), "debugcog:errors.mute:1a2b3c4d.0"),
        (UndoAcknowledge(12, 1_800_000_000_123), "debugcog:alert.ack_undo:12.1800000000123"),
        (
            UndoSilence("<@1234567890123456789>", 7, Severity.WARNING, 1_800_000_000),
            "debugcog:silence.undo:<@1234567890123456789>.7.1.1800000000",
        ),
        (UndoSilence("", 7, Severity.OK, 0), "debugcog:silence.undo:.7.0.0"),
        (
            RestoreSilence("j.doe", 7, 6, Severity.CRITICAL, 5),
            "debugcog:silence.back:j.doe.7.6.2.5",
        ),
        (UndoSilence("j.doe", 7, Severity.CRITICAL, 5), "debugcog:silence.undo:j.doe.7.2.5"),
        (UndoError("1a2b3c4d", 1_800_000_000_123), "debugcog:errors.undo:1a2b3c4d.1800000000123"),
        (OpenRule("data_missing.memory"), "debugcog:rule:data_missing.memory"),
        (
            SilenceRule("data_missing.memory", Severity.CRITICAL, Seconds(60)),
            "debugcog:rule.silence:data_missing.memory.2.60",
        ),
        (AskThresholds("memory", "1.5 GB", "lots"), "debugcog:rule.form:memory|1.5 GB|lots"),
    ],
)
def test_an_action_comes_back_from_its_custom_id(action: Action, text: str) -> None:
    assert custom_id(action) == text
    parsed = parse_custom_id(text)
    assert parsed is not None
    name, argument = parsed
    assert name == action.NAME
    assert type(action).decode(argument) == action


def test_custom_ids_of_older_messages_are_read() -> None:
    assert AskThresholds.decode("memory") == AskThresholds("memory")
    assert ListErrors.decode("") == ListErrors("")
    assert ListAlerts.decode("") == ListAlerts()


@pytest.mark.parametrize(
    ("action", "argument"),
    [
        (ShowMetrics, "2h"),
        (ShowMetrics, ""),
        (OpenIncident, "twelve"),
        (OpenIncident, "-1"),
        (OpenIncident, "²"),
        (OpenIncident, str(2**63)),
        (SilenceIncident, "12"),
        (SilenceIncident, "12.604801"),
        (SilenceIncident, ".3600"),
        (SilenceRule, "memory.3.60"),
        (ListErrors, "broken"),
    ],
)
def test_what_this_version_does_not_encode_is_refused(action: type[Action], argument: str) -> None:
    with pytest.raises(ControlError):
        action.decode(argument)


def test_what_does_not_fit_into_a_custom_id_is_an_error_and_not_cut() -> None:
    with pytest.raises(ActionTooLongError):
        custom_id(OpenRule("r" * 90))
    with pytest.raises(ActionTooLongError):
        _ = OpenRule("r" * 101).argument


def test_a_tag_at_the_end_of_a_custom_id_changes_nothing_of_its_action() -> None:
    text = tagged(custom_id(OpenIncident(12)), "0123456789a")
    assert (text, tag_of(text)) == ("debugcog:alert.details:12~0123456789a", "0123456789a")
    assert parse_custom_id(text) == ("alert.details", "12")
    assert tag_of(custom_id(OpenIncident(12))) == ""


@pytest.mark.parametrize("text", ["other:metrics:1h", "debugcogs:metrics:1h", "debugcog", ""])
def test_custom_ids_of_others_are_not_ours(text: str) -> None:
    assert parse_custom_id(text) is None


@frozen
class Any3(Action, name="test.three"):
    """One field of each kind."""

    text: str
    severity: Severity
    seconds: Seconds


@given(
    text=st.text(max_size=40),
    severity=st.sampled_from(Severity),
    seconds=st.integers(0, 7 * 86_400),
)
def test_any_text_and_numbers_come_back(text: str, severity: Severity, seconds: int) -> None:
    action = Any3(text, severity, Seconds(seconds))
    found = Any3.decode(action.argument)
    assert found == action
    assert isinstance(found.severity, Severity)


def test_every_action_is_frozen_and_has_a_name() -> None:
    for action in defined():
        assert action.NAME
        assert dataclasses.is_dataclass(action)
        with pytest.raises(dataclasses.FrozenInstanceError):
            object.__new__(action).anything = 1  # type: ignore[attr-defined]
