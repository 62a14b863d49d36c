"""The command /debug tasks."""
