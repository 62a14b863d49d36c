"""The extension ``cogs.debug``: a bot gets its debugging desk."""

from cogs.debug.app.setup import setup

__all__ = ["setup"]
