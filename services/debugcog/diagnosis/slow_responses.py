"""Check: slow responses, and what may cause them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from services.debugcog.alerting.rules import Severity
from services.debugcog.diagnosis.findings import Finding
from services.debugcog.diagnosis.log_search import lines_with
from services.debugcog.diagnosis.rules_read import Rules, exceeded, value_text
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.process.samplers import MemoryReport
from services.debugcog.units import human

CONTEXT_TOKENS = 3000.0
"""Input tokens above which a context counts as large."""
AVAILABLE_SHARE = 0.1
CAUSES = {
    "event_loop": "the event loop is blocked",
    "gateway": "the connection to Discord is bad",
    "memory": "the process needs much memory",
}


def slow_responses(
    rules: Rules,
    tokens: float | None,
    report: MemoryReport,
    files: LogFiles | None,
) -> Iterator[Finding]:
    """Look at response times, slow LLM lines, context size and the machine.

    Args:
        rules: how each rule stands.
        tokens: input tokens of a request, on average in the last hour; None without any.
        report: of the process's memory.
        files: of the log.
    """
    slow = exceeded(rules, "response_time")
    lines = lines_with(files, "Slow LLM") if files else None
    if slow is None and not (lines and lines.count):
        return
    severity = slow.severity if slow else Severity.WARNING
    evidence = [value_text(slow)] if slow else []
    if lines and lines.count:
        evidence += [f"{lines.text} with “Slow LLM” in the last day", *lines.latest[:1]]
    evidence += _causes(rules, tokens, report)
    fix = (
        "See in `/debug trace` what took the time. If it is the model: enable response streaming, "
        "send less history, or use a faster one."
    )
    yield Finding(severity, "Responses are slow", tuple(evidence), fix)


def _causes(rules: Rules, tokens: float | None, report: MemoryReport) -> Iterator[str]:
    if tokens is not None and tokens > CONTEXT_TOKENS:
        yield f"large contexts: {human(tokens, '')} input tokens per request (more than 3,000)"
    for name, cause in CAUSES.items():
        status = exceeded(rules, name)
        if status is not None:
            yield f"{cause}: {value_text(status)}"
    load = _load()
    if load is not None and load > 1.0:
        yield f"the CPU is busy: load {load:.1f} for each core"
    total, available = report.system_total_mb, report.system_available_mb
    if total and available is not None and available < AVAILABLE_SHARE * total:
        yield f"memory is short: {human(available, 'MB')} of {human(total, 'MB')} left"


def _load() -> float | None:
    """Return the load of the last minute for each core; None where the system tells none."""
    try:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    except (OSError, AttributeError):
        return None
