"""Check: this machine's clock against Discord's."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from services.debugcog.alerting.rules import Severity
from services.debugcog.diagnosis.findings import Finding, UnknownError
from services.debugcog.units import duration

WARNING_SECONDS, CRITICAL_SECONDS = 5.0, 60.0
FIX = "Let the machine set its clock: `timedatectl set-ntp true`, or ask who runs it."


def clock_skew(date: str, received: float) -> Iterator[Finding]:
    """Compare the date of an answer with the time at which it came.

    Args:
        date: as Discord's answer had it; empty where none was seen.
        received: unix seconds of this machine's clock.

    Raises:
        UnknownError: there was no answer with a date.
    """
    try:
        discords = parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError) as error:
        raise UnknownError("no answer of Discord with a date was seen") from error
    skew = received - discords
    if abs(skew) < WARNING_SECONDS:
        return
    severity = Severity.CRITICAL if abs(skew) >= CRITICAL_SECONDS else Severity.WARNING
    how = f"{duration(abs(skew))} {'ahead of' if skew > 0 else 'behind'} Discord's"
    yield Finding(severity, "The clock is wrong", (f"this machine's clock is {how}",), FIX)
