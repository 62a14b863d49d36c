"""Stalls of the event loop: a watch that sees them, and who blocked it."""
