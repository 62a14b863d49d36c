"""The command /debug errors."""

from __future__ import annotations

from cogs.debug.features.errors.command import feature
from cogs.debug.features.errors.handlers import ErrorHandlers

__all__ = ["ErrorHandlers", "feature"]
