"""An incident with a value in each field that earlier versions knew; several tests store it."""

from __future__ import annotations

from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.incidents import Incident
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
    id=1,
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
