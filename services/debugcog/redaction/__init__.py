"""Any text → the same text without secrets."""

REDACTED = "[redacted]"
DONE = "\ufdd0"
"""Stands for what is replaced already, as most texts are redacted twice: a character that no text
has, and that no rule takes for a secret."""
