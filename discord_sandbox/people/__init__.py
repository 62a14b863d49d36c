"""Simulated users of a Discord client: commands, buttons, forms, messages."""
