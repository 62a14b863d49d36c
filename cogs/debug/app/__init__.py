"""Wiring: builds, starts and stops all parts; access control; registration; the cog itself."""
