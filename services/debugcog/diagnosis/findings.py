"""Finding and Check: what a check of /debug diagnose finds, and what it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen

SECONDS = 8.0
"""How long a check may take."""


class UnknownError(Exception):
    """A check cannot tell; the text says why."""


@frozen
class Finding:
    """One thing that is wrong, or worth knowing.

    Attributes:
        severity: OK of what is no fault.
        title: one line of our own words.
        evidence: lines, of any origin.
        fix: what to do, in our own words; empty where nothing is to be done.
    """

    severity: Severity
    title: str
    evidence: tuple[str, ...] = ()
    fix: str = ""


@frozen
class Check:
    """One question, and what answers it.

    Attributes:
        name: of what is looked at: ``Free disk``.
        run: lists what is found, nothing when all is well; raises UnknownError when it cannot tell.
        seconds: how long it may take.
    """

    name: str
    run: Callable[[], Awaitable[Iterable[Finding]]]
    seconds: float = SECONDS


def warning(title: str, *evidence: str, fix: str = "") -> Finding:
    """Make a finding that should be looked at."""
    return Finding(Severity.WARNING, title, evidence, fix)


def critical(title: str, *evidence: str, fix: str = "") -> Finding:
    """Make a finding that keeps something from working."""
    return Finding(Severity.CRITICAL, title, evidence, fix)


def note(title: str, *evidence: str, fix: str = "") -> Finding:
    """Make a finding that is no fault, but worth knowing."""
    return Finding(Severity.OK, title, evidence, fix)
