"""The command /debug alerts."""
