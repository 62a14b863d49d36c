"""A rule of the host's that fails costs that rule: it is counted, told once, and listed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from services.debugcog.alerting import incident_store
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.host_rules import joined
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.readings import read, rule_faults
from services.debugcog.alerting.reads import MISSING, HostFunction, Signal
from services.debugcog.alerting.rules import Level, Rule, rule
from services.debugcog.exceptions import brief
from services.debugcog.faults import Fault, Faults
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from tests.alert_world import INTERVAL, World
from tests.clock import Clock
from tests.hostile import RAISED, odd, raising

MINUTE = 60.0


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_whatever_a_rule_raises_the_others_are_read_and_it_is_told_once(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    fails = [True]
    rules = (
        rule("odd", lambda _: raising(error)() if fails else 1.0, warning=5),
        rule("number", lambda _: odd(error), warning=5),
        rule("good", lambda _: 7.0, warning=5),
    )
    faults, metrics = rule_faults(), MetricsService(fold_interval=None)
    for _ in range(3):
        signals = read(metrics, rules, faults)
        assert [signals[one.name].quality for one in rules[:2]] == [MISSING.quality] * 2
        assert signals["good"] == Signal(7.0)
    text = brief(error)
    assert [(one.name, one.count, one.text) for one in faults.current] == [
        ("odd", 3, text),
        ("number", 3, text),
    ]
    told = [one.getMessage() for one in caplog.records]
    assert told == ["Rule not readable: odd", "Rule not readable: number"]
    fails.clear()
    read(metrics, rules, faults)
    assert [one.name for one in faults.current] == ["number"]
    assert faults.count == 7


def test_a_fault_is_told_again_when_it_is_another_or_comes_back_after_an_hour(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    faults = Faults("Rule not readable: %s", logging.getLogger("debugcog.rules"), clock)
    start = clock.now
    faults.failed("odd", ValueError("first"))
    clock.turn(60)
    faults.failed("odd", ValueError("the text is of the first"))
    faults.failed("odd", KeyError("another"))
    assert faults.current == (Fault("odd", start, 3, "KeyError", "KeyError: 'another'"),)
    for wait, lines in ((60, 2), (3_600, 3)):
        faults.works("odd")
        clock.turn(wait)
        faults.failed("odd", KeyError("another"))
        assert (len(caplog.records), faults.current[0].since) == (lines, clock.now)


async def test_a_change_of_one_rule_that_cannot_be_saved_is_undone_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(("bad", "good"))
    save = incident_store.save_incident

    def failing(connection: Any, incident: Incident, now: float) -> Incident:
        saved = save(connection, incident, now)
        if incident.rule == "bad":
            connection.execute("SELECT ?", (f"{incident.title}\ud800",))
        return saved

    await world.run(2 * MINUTE)
    monkeypatch.setattr(incident_store, "save_incident", failing)
    world.values.update(bad=15.0, good=15.0)
    await world.run(2 * MINUTE + 3 * INTERVAL)
    assert [incident.rule for incident in world.incidents] == ["good"]
    (fault,) = world.evaluator.faults
    assert (fault.name, fault.type) == ("bad", "UnicodeEncodeError")
    assert [one.getMessage() for one in caplog.records if "not" in one.message] == [
        "Rule not saved: bad"
    ]
    monkeypatch.setattr(incident_store, "save_incident", save)
    await world.run(INTERVAL)
    assert {incident.rule for incident in world.incidents} == {"good", "bad"}
    assert world.evaluator.faults == ()


def test_texts_and_numbers_of_a_rule_are_made_such_as_can_be_stored() -> None:
    level = Level(Decimal(5), Decimal(4), Decimal(3))  # type: ignore[arg-type]  # a host's own
    made = Rule("odd", "Queue of \ud83d", "\udc80", 300, HostFunction(len), level, None, 0)  # type: ignore[arg-type]  # a host's own
    rules, rejected = joined((), [made, rule("two", len, warning=1, title="\ud83d\ude00 \udfff")])  # type: ignore[arg-type]  # a host's own
    assert rejected == ()
    assert [(one.title, one.unit) for one in rules] == [
        ("Queue of \ufffd", "\ufffd"),
        ("\N{GRINNING FACE} \ufffd", ""),
    ]
    assert repr(rules[0].warning) == "Level(enter=5.0, clear=4.0, for_seconds=3.0)"


def endless_failure(error: BaseException) -> Iterator[Rule]:
    yield rule("first", lambda _: 0.0, warning=1)
    raise error


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_whatever_a_list_of_rules_or_a_rule_raises_the_default_ones_stay(
    error: BaseException,
) -> None:
    defaults = default_rules(Settings())
    lazy = type("Lazy", (), {"__class__": property(raising(error))})
    for given in (endless_failure(error), odd(error), lazy()):
        rules, rejected = joined(defaults, given)
        assert (rules, len(rejected)) == (defaults, 1)
    bad = Rule(odd(error), odd(error), odd(error), 300.0, None, odd(error), None, odd(error))
    rules, rejected = joined(defaults, [bad, rule("good", lambda _: 0.0, warning=1)])
    assert ([one.name for one in rules[len(defaults) :]], len(rejected)) == (["good"], 1)
