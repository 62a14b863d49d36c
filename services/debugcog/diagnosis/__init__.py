"""Checks that look for what usually goes wrong, each with its evidence and the fix."""
