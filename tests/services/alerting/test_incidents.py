"""Incidents as they are kept: what is no incident is damage."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from services.debugcog.alerting.causes import RelatedError, SlowPart
from services.debugcog.alerting.incident_parts import Acknowledgement, RecentChange
from services.debugcog.alerting.incidents import decode, encode
from services.debugcog.alerting.rules import Severity
from services.debugcog.state.records import DamagedRecordError
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
