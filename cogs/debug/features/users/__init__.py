"""The command /debug users."""
