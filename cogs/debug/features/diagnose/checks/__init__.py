"""Checks that need the Discord client, each in a module of its own."""
