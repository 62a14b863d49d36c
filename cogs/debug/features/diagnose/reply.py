"""Report → the reply of /debug diagnose: findings worst first, what passed, and a file of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import discord

from cogs.debug.features.diagnose.actions import RunDiagnosis, ShowDiagnosis
from cogs.debug.ui.escaping import prose_with_code, visible
from cogs.debug.ui.grades import grade_of, worst
from cogs.debug.ui.pages import Page, page_buttons, paged
from cogs.debug.ui.reply import Attachment, Button, Colour, Reply
from services.debugcog.alerting.rules import Severity
from services.debugcog.diagnosis.findings import Finding
from services.debugcog.diagnosis.runner import Report
from services.debugcog.units import utc_time
from services.debugcog.wording import clip, counted

PAGE_MAX = 3_000
EVIDENCE_MAX, EVIDENCE_LINE_MAX = 8, 220
PASSED_MAX = 900
FILE_MAX = 256 * 1024
NOTE = "💡"
LABELS = ("◀ Back", "More ▶")


def diagnosis_reply(
    report: Report, made_at: float, page: int, redact: Callable[[str], str]
) -> Reply:
    """Render a page of the report.

    Args:
        report: of all checks.
        made_at: unix seconds.
        page: from 1.
        redact: the file goes through it.
    """
    faults = [finding for _, finding in report.findings if finding.severity]
    shown = paged((_finding(one) for _, one in report.findings), page, PAGE_MAX)
    embed = discord.Embed(
        title=f"Diagnosis · {_summary(report, len(faults))}",
        description="\n".join(filter(None, (shown.text, *_rest(report, len(faults), shown)))),
        colour=worst([grade_of(one.severity) for one in faults] or [Colour.GOOD]).value,
        timestamp=discord.utils.utcnow(),
    )
    pages = f" · page {shown.number} of {shown.count}" if shown.count > 1 else ""
    embed.set_footer(text=f"Checked at {utc_time(made_at)}{pages}")
    again = Button("Check again", RunDiagnosis())
    turn = page_buttons(ShowDiagnosis, shown, LABELS)
    return Reply(embeds=(embed,), controls=(*turn, again), files=(_file(report, made_at, redact),))


def _summary(report: Report, faults: int) -> str:
    if faults:
        return counted(faults, "finding")
    return "nothing found" if report.unknown else f"all {report.count} checks passed"


def _finding(finding: Finding) -> str:
    lines = [f"{_mark(finding)} **{finding.title}**"]
    lines += [f"-# {_evidence(one)}" for one in finding.evidence[:EVIDENCE_MAX]]
    more = len(finding.evidence) - EVIDENCE_MAX
    if more > 0:
        lines.append(f"-# and {more:,} more: see the file")
    if finding.fix:
        lines.append(f"Fix: {finding.fix}")
    return "\n".join(lines)


def _mark(finding: Finding) -> str:
    return finding.severity.mark if finding.severity else NOTE


def _evidence(text: str) -> str:
    return prose_with_code(clip(" ".join(text.split()), EVIDENCE_LINE_MAX)) or "?"


def _rest(report: Report, faults: int, shown: Page) -> Iterator[str]:
    """Say on the last page what passed, and what could not be told."""
    if shown.number < shown.count:
        return
    for name, why in report.unknown:
        yield f"❔ **{name}**: not known, {_evidence(why)}"
    passed = len(report.passed)
    if passed:
        others = counted(passed, "other check")
        said = others if faults or report.unknown else f"All {counted(passed, 'check')}"
        yield f"✅ {said} passed\n-# {clip(', '.join(report.passed), PASSED_MAX)}"


def _file(report: Report, made_at: float, redact: Callable[[str], str]) -> Attachment:
    text = "\n\n".join(_paragraphs(report, made_at))
    content = visible(redact(text)).encode()[:FILE_MAX]
    return Attachment("diagnosis.txt", content, "All that was checked, with the whole evidence")


def _paragraphs(report: Report, made_at: float) -> Iterator[str]:
    yield f"Diagnosis of {utc_time(made_at, with_day=True)}: {counted(report.count, 'check')}"
    words = {Severity.CRITICAL: "CRITICAL", Severity.WARNING: "WARNING", Severity.OK: "NOTE"}
    for name, finding in report.findings:
        lines = [f"{words[finding.severity]} {finding.title} ({name})"]
        lines += [f"  {one}" for one in finding.evidence]
        if finding.fix:
            lines.append(f"  Fix: {finding.fix}")
        yield "\n".join(lines)
    if report.unknown:
        yield "\n".join(f"NOT KNOWN {name}: {why}" for name, why in report.unknown)
    yield f"PASSED {', '.join(report.passed) or 'none'}"
