"""Crashes of the last days → their lines and their menu in /debug alerts."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.debug.features.alerts.actions import OpenCrash
from cogs.debug.ui.escaping import prose, short
from cogs.debug.ui.reply import OPTION_TEXT_MAX, OPTIONS_MAX, Menu, Option
from cogs.debug.ui.times import ago, clock
from services.debugcog.alerting.crash import Crash
from services.debugcog.units import duration, human, utc_time
from services.debugcog.wording import clip

CAUSE_MAX = 120
UNKNOWN = "cause not known"
LATEST = "crash"
"""What is typed to see the latest one."""


def crash_lines(crashes: Sequence[Crash]) -> list[str]:
    """List crashes, the latest first: what it died of comes first."""
    return [_line(crash) for crash in crashes]


def crash_menu(crashes: Sequence[Crash]) -> Menu:
    """Offer to open a crash."""
    return Menu("Open a crash: cause, last log lines", tuple(map(_option, crashes[:OPTIONS_MAX])))


def _line(crash: Crash) -> str:
    told = crash.memory_mb is None or "out of memory" in crash.cause
    parts = (
        f"💥 {prose(clip(crash.cause, CAUSE_MAX)) or UNKNOWN}",
        f"{clock(crash.last_beat)}, {ago(crash.last_beat)}",
        f"down for {duration(crash.down)}",
        f"it ran for {duration(max(0.0, crash.last_beat - crash.started))}",
        "" if told or crash.memory_mb is None else f"last memory {human(crash.memory_mb, 'MB')}",
    )
    return " · ".join(filter(None, parts))


def _option(crash: Crash) -> Option:
    when = utc_time(crash.last_beat, with_day=True)
    cause = short(crash.cause or UNKNOWN, OPTION_TEXT_MAX)
    return Option(f"{when}, down {duration(crash.down)}", OpenCrash(crash.number), cause)
