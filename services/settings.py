"""Short import path ``services.settings`` for ``services/debugcog/settings.py``."""

from services.debugcog.settings import Settings, SettingsError, load

__all__ = ["Settings", "SettingsError", "load"]
