"""The command /debug memory."""

from __future__ import annotations

from cogs.debug.features.memory.command import feature

__all__ = ["feature"]
