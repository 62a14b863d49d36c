"""The version of DebugCog."""

__version__ = "0.1.0"
