"""Time windows that commands and pages offer, from 5 minutes to 7 days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Window = Literal["5m", "15m", "1h", "6h", "24h", "7d"]

WINDOWS: Mapping[Window, tuple[float, str]] = {
    "5m": (300.0, "5 minutes"),
    "15m": (900.0, "15 minutes"),
    "1h": (3600.0, "1 hour"),
    "6h": (21_600.0, "6 hours"),
    "24h": (86_400.0, "24 hours"),
    "7d": (604_800.0, "7 days"),
}
"""Seconds and name of each window."""
