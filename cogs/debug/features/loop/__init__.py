"""The command /debug loop."""
