"""Incidents as they are kept: what is no incident is damage."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from services.debugcog.alerting.causes import RelatedError, SlowPart
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.incident_parts import Acknowledgement, RecentChange
from services.debugcog.alerting.incidents import close, decode, encode, follow, opened
from services.debugcog.alerting.rules import Severity, rule
from services.debugcog.alerting.sentences import lasted, value_text
from services.debugcog.alerting.states import SeverityState, Track
from services.debugcog.settings import Settings
from services.debugcog.stalls.stall import Stall
from services.debugcog.state.records import DamagedRecordError
from services.debugcog.steady_clock import Timestamp
from tests.stored_incident import INCIDENT


def test_what_is_written_is_read() -> None:
    full = replace(
        INCIDENT,
        acked_before=Acknowledgement(Severity.WARNING, "<@22>", 1_800_000_050.0),
        silenced_by="<@33>",
        history=(RecentChange(1_800_000_060.0, "Critical: 6.5% (limit 5%)"),),
        slowest=SlowPart("LLM", 4200.0, None),
        errors=(RelatedError("1a2b3c4d", "KeyError: 'voice'", 36),),
    )
    for incident in (INCIDENT, full):
        assert decode(json.loads(json.dumps(encode(incident)))) == incident


def test_fields_of_a_later_version_are_left_out() -> None:
    stored = {**json.loads(json.dumps(encode(INCIDENT))), "of_a_later_version": [1]}
    assert decode(stored) == INCIDENT


RULE = rule("api", gauge="api_time", warning=3, critical=5, unit="s", title="Upstream API time")
FIRING = SeverityState(warning=Track(True), critical=Track(True), severity=Severity.CRITICAL)
OF_BEFORE = replace(
    INCIDENT, rule="api", title="API time", unit="ms", value=4200.0, worst=4200.0, warning=3000.0
)
"""Of the same rule, before it was deployed anew with another unit."""


def test_an_open_incident_tells_its_rule_as_it_is_deployed_now_unit_and_title_too() -> None:
    found = follow(OF_BEFORE, RULE, FIRING, 6.5, Timestamp(100.0, 100.0))
    assert (found.title, found.unit, found.description) == (
        "Upstream API time",
        "s",
        "Newest value of api_time",
    )
    assert (found.value, found.worst, found.warning, found.critical) == (6.5, 6.5, 3.0, 5.0)
    assert value_text(found) == "6.5 s (limit 5 s)"


def test_a_value_of_before_stays_in_its_unit_until_there_is_another() -> None:
    found = follow(OF_BEFORE, RULE, FIRING, math.nan, Timestamp(100.0, 100.0))
    assert (found.value, found.unit, found.warning) == (4200.0, "ms", 3000.0)


def test_what_was_behind_it_the_last_time_is_not_behind_it_when_it_comes_back() -> None:
    ended = replace(
        INCIDENT,
        state="ended",
        ended=90.0,
        lasted=40.0,
        blocked_by=Stall(80.0, 1.8, "alpha", "app.py", 3),
        slowest=SlowPart("LLM", 4200.0, None),
    )
    back = follow(ended, RULE, FIRING, 6.5, Timestamp(100.0, 100.0))
    assert (back.blocked_by, back.slowest, back.back_after) == (None, None, 90.0)
    assert (back.ended, back.lasted, back.reopened) == (None, None, INCIDENT.reopened + 1)


def test_how_long_it_lasted_is_not_told_by_a_clock_that_was_set_meanwhile() -> None:
    began = opened(RULE, FIRING, 6.5, Timestamp(1_000.0, 1_000.0))
    ended = close(began, "recovered", Timestamp(1_002.0, 11_802.0))
    assert ended.lasted == 62.0  # a breach of 60 s comes before the opening
    assert lasted(ended) == "1 min 2 s"
    of_an_earlier_version = close(replace(began, began=0.0), "recovered", Timestamp(5.0, 1_300.0))
    assert lasted(of_an_earlier_version) == "6 min"


def test_a_value_that_is_the_time_since_then_tells_when_it_began() -> None:
    gateway = next(one for one in default_rules(Settings()) if one.name == "gateway")
    found = opened(gateway, FIRING, 330.0, Timestamp(1_000.0, 11_000.0))
    assert (found.began, found.since, found.opened) == (670.0, 10_670.0, 11_000.0)
    assert close(found, "recovered", Timestamp(1_060.0, 11_060.0)).lasted == 390.0


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("severity", 7, "Incident.severity: 7 is not a valid Severity"),
        ("value", "6.5", "Incident.value: no number, but a str"),
        ("value", math.nan, "Incident.value: no finite number"),
        pytest.param("value", 10**400, "Incident.value: no finite number", id="value-huge"),
        ("rule", None, "Incident.rule: no str, but a NoneType"),
        ("stale", 2, "Incident.stale: neither true nor false, but 2"),
        ("recent", [{"at": 1.0}], "Incident.recent: RecentChange lacks a field"),
        ("recent", "later", "Incident.recent: no list, but a str"),
        ("ended", [], "Incident.ended: no NoneType, but a list"),
    ],
)
def test_a_field_of_another_type_is_damage(field: str, value: object, why: str) -> None:
    stored = {**json.loads(json.dumps(encode(INCIDENT))), field: value}
    with pytest.raises(DamagedRecordError) as caught:
        decode(stored)
    assert str(caught.value) == why
