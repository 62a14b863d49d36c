"""The command /debug profile."""
