"""The command /debug memory."""
