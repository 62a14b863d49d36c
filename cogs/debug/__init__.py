"""A bot → the same bot with its debugging desk: ``await bot.load_extension("cogs.debug")``."""

from cogs.debug.app.build import setup

__all__ = ["setup"]
