"""Validation of request bodies, with Discord's error codes and texts."""
