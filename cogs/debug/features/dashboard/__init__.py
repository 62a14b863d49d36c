"""The command /debug dashboard."""
