"""The command /debug diagnose."""
