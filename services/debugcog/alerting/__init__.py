"""Metrics → rules → incidents, and what is to be announced of them."""
