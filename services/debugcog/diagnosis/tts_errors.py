"""Check: errors of speech in the log and among the error groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.debugcog.diagnosis.findings import Finding, warning
from services.debugcog.diagnosis.log_search import Lines, lines_with
from services.debugcog.logfile.log_files import LogFiles

KNOWN = {
    "Failed to connect to RVC": (
        "RVC cannot be reached",
        "Start the RVC service, and check its address and port.",
    ),
    "Kokoro initialization failed": (
        "Kokoro could not be started",
        "Download its model, and check the path to it.",
    ),
    "Edge TTS timeout": (
        "Edge TTS does not answer",
        "It is a service on the internet: check the network of this machine.",
    ),
}
"""Known faults: text in the log → what it means, and the fix."""
OTHER = "TTS"
OTHER_FIX = "Look at the traceback in `/debug errors`, and at the speech service itself."


def tts_errors(files: LogFiles | None, groups: Sequence[str]) -> Iterator[Finding]:
    """Search the log of the last day for known faults, and for other errors of TTS.

    Args:
        files: of the log.
        groups: type, message and place of the error groups in which TTS, RVC or Kokoro is found,
            seen in the last day.
    """
    named = False
    for text, (title, fix) in KNOWN.items():
        lines = lines_with(files, text) if files else Lines(0, ())
        in_groups = [one for one in groups if text.casefold() in one.casefold()]
        if lines.count or in_groups:
            named = True
            yield warning(title, *_evidence(lines, in_groups), fix=fix)
    if named:
        return
    lines = lines_with(files, OTHER, level="ERROR") if files else Lines(0, ())
    if lines.count or groups:
        yield warning("Speech fails", *_evidence(lines, groups), fix=OTHER_FIX)


def _evidence(lines: Lines, groups: Sequence[str]) -> list[str]:
    found = [f"{lines.text} in the log of the last day"] if lines.count else []
    return [*found, *lines.latest[:2], *groups[:3]]
