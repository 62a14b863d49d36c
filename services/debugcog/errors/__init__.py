"""Exceptions and error records, from anywhere → groups, and what is to be announced of them."""
