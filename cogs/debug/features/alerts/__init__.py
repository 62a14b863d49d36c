"""The command /debug alerts."""

from __future__ import annotations

from cogs.debug.features.alerts.command import feature
from cogs.debug.features.alerts.handlers import AlertHandlers

__all__ = ["AlertHandlers", "feature"]
