"""The command /debug export."""
