"""The command /debug gateway."""
