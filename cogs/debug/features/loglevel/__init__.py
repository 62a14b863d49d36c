"""The command /debug loglevel."""

from __future__ import annotations

from cogs.debug.features.loglevel.command import feature
from cogs.debug.features.loglevel.handlers import LogLevelHandlers

__all__ = ["LogLevelHandlers", "feature"]
