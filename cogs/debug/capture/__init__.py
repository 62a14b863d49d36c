"""Errors and command times taken from discord.py, and the notice to the user who met an error."""
