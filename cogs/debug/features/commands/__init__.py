"""The command /debug commands."""
