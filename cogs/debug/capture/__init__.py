"""Capture of errors and command timings in discord.py, and the error notice to the user."""
