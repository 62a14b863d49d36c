"""This process: its memory, its event loop, its end."""
