"""The command /debug metrics."""
