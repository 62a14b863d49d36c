"""The command /debug logs."""
