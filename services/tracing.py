"""The guide's name of service-call tracing, whose code is ``services/debugcog/tracing.py``."""

from services.debugcog.tracing import log_request, log_response, traced

__all__ = ["log_request", "log_response", "traced"]
