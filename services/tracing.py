"""Short import path ``services.tracing`` for ``services/debugcog/tracing.py``."""

from services.debugcog.tracing import log_request, log_response, traced

__all__ = ["log_request", "log_response", "traced"]
