"""Incidents as they are kept: what an earlier version wrote is read."""

from __future__ import annotations

import json
from dataclasses import replace

from services.debugcog.alerting.causes import RelatedError, SlowPart
from services.debugcog.alerting.incident_parts import Acknowledgement, RecentChange
from services.debugcog.alerting.incidents import Incident, decode, encode
from services.debugcog.alerting.rules import Severity

INCIDENT = Incident(
    rule="error_rate",
    title="Error rate",
    unit="%",
    severity=Severity.CRITICAL,
    peak=Severity.CRITICAL,
    value=6.5,
    worst=8.25,
    warning=2.0,
    critical=5.0,
    since=1_800_000_000.0,
    opened=1_800_000_060.0,
    id=7,
    recent=(
        RecentChange(1_799_999_000.0, "DebugCog reloaded"),
        RecentChange(1_799_998_000.0, "Thresholds: warning 2%, set by ada"),
    ),
    acked=Severity.WARNING,
    acked_by="ada",
    acked_at=1_800_000_100.0,
    description="Errors per 100 messages",
    announced=Severity.CRITICAL,
    pinged_at=1060.0,
    card_posted_at=1060.0,
)
OF_VERSION_0_1 = """
{"rule": "error_rate", "title": "Error rate", "unit": "%",
"metric": "errors|errors_captured/messages_processed", "severity": 2, "peak": 2, "value": 6.5,
"worst": 8.25, "warning": 2.0, "critical": 5.0, "since": 1800000000.0, "opened": 1800000060.0,
"id": 7, "state": "firing", "ended": null, "reason": "",
"recent": ["<t:1799999000:R> DebugCog reloaded",
"<t:1799998000:R> Thresholds: warning 2%, set by ada"], "flaps": 0, "reopened": 0,
"acked": 1, "acked_by": "ada", "acked_at": 1800000100.0, "silenced_until": 0.0, "stale": false,
"words": "Errors per 100 messages",
"announced": 2, "silenced": false, "notified": 0.0, "rung": 1060.0, "edited": 0.0,
"carded": 1060.0, "shown": 0.0, "shown_stale": false}
"""


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


def test_an_incident_of_version_0_1_is_read() -> None:
    assert decode(json.loads(OF_VERSION_0_1)) == INCIDENT
