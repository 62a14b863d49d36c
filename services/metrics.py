"""Short import path ``services.metrics`` for ``services/debugcog/metrics.py``."""

from services.debugcog.metrics import MetricsService

__all__ = ["MetricsService"]
