"""Short import path ``services.logs`` for ``services/debugcog/logs.py``."""

from services.debugcog.logs import Logging, setup_logging

__all__ = ["Logging", "setup_logging"]
