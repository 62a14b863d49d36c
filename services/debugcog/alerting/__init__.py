"""Metrics → alert rules → incidents, and the posts about them."""
