"""The guide's name of the logging set-up, whose code is ``services/debugcog/logs.py``."""

from services.debugcog.logs import Logging, setup_logging

__all__ = ["Logging", "setup_logging"]
