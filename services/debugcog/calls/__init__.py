"""Calls of the host's code: one handled interaction, command or message, and what ran inside."""
