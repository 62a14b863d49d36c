"""The guide's name of the metrics service, whose code is ``services/debugcog/metrics.py``."""

from services.debugcog.metrics import MetricsService

__all__ = ["MetricsService"]
