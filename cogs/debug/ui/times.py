"""Unix time → Discord timestamp, shown in the reader's language and time zone."""

from __future__ import annotations

from services.debugcog.units import same_day


def ago(unix_seconds: float) -> str:
    """Let Discord say how long ago, in the reader's language."""
    return f"<t:{round(unix_seconds)}:R>"


def at(unix_seconds: float) -> str:
    """Let Discord say when, in the reader's time zone."""
    return f"<t:{round(unix_seconds)}:f>"


def moment(unix_seconds: float, now: float) -> str:
    """Let Discord give the time of day, with the day unless that is today's (UTC)."""
    return clock(unix_seconds) if same_day(unix_seconds, now) else at(unix_seconds)


def clock(unix_seconds: float) -> str:
    """Let Discord give the time of day, in the reader's time zone."""
    return f"<t:{round(unix_seconds)}:t>"
