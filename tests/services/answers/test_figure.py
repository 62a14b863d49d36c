from __future__ import annotations

from dataclasses import replace

import pytest

from services.debugcog.alerting.reads import FEW, MISSING, Signal
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.states import SeverityState
from services.debugcog.answers.figure import NONE, Figure, severity_of
from tests.services.answers.world import RULES


@pytest.mark.parametrize(
    ("figure", "text", "mark"),
    [
        (Figure(5200.0, "ms", Severity.CRITICAL), "5.2 s", "🔴"),
        (Figure(512.0, "MB", Severity.OK), "512 MB", "✅"),
        (Figure(1.5, "%", Severity.WARNING), "1.5%", "⚠️"),
        (Figure(12_345), "12,345", ""),
        (Figure(12_345.0), "12.3k", ""),
        (Figure(45, "s"), "45 s", ""),
        (Figure(7265, "s"), "2 h 1 min", ""),
        (Figure(3.0, "jobs"), "3 jobs", ""),
        (Figure(None, "ms", Severity.CRITICAL), NONE, "🔴"),
        (Figure(0), "0", ""),
    ],
)
def test_a_figure_is_written_as_every_reader_sees_it(figure: Figure, text: str, mark: str) -> None:
    assert (figure.text, figure.mark) == (text, mark)


@pytest.mark.parametrize(
    ("signal", "state", "severity"),
    [
        (MISSING, Severity.OK, None),
        (FEW, Severity.OK, None),
        (Signal(2999.9), Severity.OK, Severity.OK),
        (Signal(3000.0), Severity.OK, Severity.WARNING),
        (Signal(5000.0), Severity.WARNING, Severity.CRITICAL),
        (MISSING, Severity.CRITICAL, Severity.CRITICAL),
    ],
)
def test_its_severity_is_that_of_the_rule_its_value_or_its_incident(
    signal: Signal, state: Severity, severity: Severity | None
) -> None:
    status = replace(RULES["response_time"], signal=signal, state=SeverityState(severity=state))
    assert severity_of(status) is severity


def test_without_a_rule_it_has_no_severity() -> None:
    assert severity_of(None) is None
