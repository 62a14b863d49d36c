"""The command /debug loglevel."""
