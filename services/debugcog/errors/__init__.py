"""Exceptions and log records at ERROR → error groups in the state file, and their posts."""
