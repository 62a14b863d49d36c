"""Exceptions and ERROR log records → error groups, and the posts about them."""
