"""Crashes of the last days → their lines in /debug alerts."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.debug.ui.escaping import block
from cogs.debug.ui.times import ago
from services.debugcog.alerting.crash import Crash
from services.debugcog.units import duration, human

LOG_MAX = 500
LOG_LINE_MAX = 120


def crash_lines(crashes: Sequence[Crash]) -> list[str]:
    """List crashes, the latest with the last lines of its log."""
    lines = [_line(crash) for crash in crashes]
    if crashes and crashes[0].log:
        lines[0] += f"\nLast log lines:\n{_log(crashes[0].log)}"
    return lines


def _line(crash: Crash) -> str:
    memory = None if crash.memory_mb is None else f"last memory {human(crash.memory_mb, 'MB')}"
    parts = (
        f"🟠 {ago(crash.last_beat)}",
        f"down for {duration(crash.down)}",
        f"it ran for {duration(max(0.0, crash.last_beat - crash.started))}",
        memory,
        "trace in its notice" if crash.trace else "no trace",
    )
    return " · ".join(part for part in parts if part)


def _log(lines: Sequence[str]) -> str:
    """Show as many of the last lines as there is room for."""
    shown: list[str] = []
    left = LOG_MAX
    for line in reversed(lines):
        left -= min(len(line), LOG_LINE_MAX) + 1
        if left < 0:
            break
        shown.insert(0, line[:LOG_LINE_MAX])
    return block("\n".join(shown), LOG_MAX + 20)
