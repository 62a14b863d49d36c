"""The command /debug errors."""
