"""The command /debug metrics."""

from __future__ import annotations

from cogs.debug.features.metrics.command import feature

__all__ = ["feature"]
