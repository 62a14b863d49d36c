"""Where discord.py's errors and invocations are caught, and what the user is told."""
