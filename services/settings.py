"""The guide's name of the settings, whose code is ``services/debugcog/settings.py``."""

from services.debugcog.settings import Settings, SettingsError, load

__all__ = ["Settings", "SettingsError", "load"]
