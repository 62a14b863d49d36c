"""Check: Discord's limits: session starts, invalid requests, rate limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from services.debugcog.alerting.rules import Severity
from services.debugcog.diagnosis.findings import Finding, critical, warning
from services.debugcog.gateway.responses import RateLimit
from services.debugcog.gateway.vitals import (
    InvalidRequests,
    SessionStarts,
    severity_of_invalid,
    severity_of_starts,
)
from services.debugcog.wording import counted

LIMITS_MIN = 10


def limits(
    starts: SessionStarts | None, invalid: InvalidRequests, met: Sequence[RateLimit]
) -> Iterator[Finding]:
    """Look at what is left, and at the rate limits of the last hour."""
    severity = severity_of_starts(starts)
    if starts is not None and severity not in (None, Severity.OK):
        left = f"{starts.left:,} of {starts.total:,}"
        fix = "Find out why the bot identifies so often (`/debug gateway`); stop restarting it."
        yield Finding(severity or Severity.WARNING, "Few session starts are left", (left,), fix)
    severity = severity_of_invalid(invalid)
    if severity not in (None, Severity.OK):
        count = f"{invalid.count:,} of {invalid.limit:,} in 10 minutes"
        fix = "Stop what is refused again and again: see `/debug gateway`, `/debug errors`."
        yield Finding(severity or Severity.WARNING, "Many invalid requests", (count,), fix)
    if any(one.owner == "cloudflare" for one in met):
        fix = "Wait; then send fewer requests that fail. Other bots of this address count too."
        yield critical("Cloudflare refuses this IP address", "in the last hour", fix=fix)
    ours = Counter(one.route for one in met if one.owner in ("route", "global"))
    if ours.total() >= LIMITS_MIN:
        evidence = [f"{counted(count, 'time')} {route}" for route, count in ours.most_common(3)]
        fix = "Call these routes less often, or all at once where Discord has a bulk route."
        yield warning("The bot often meets rate limits", *evidence, fix=fix)
