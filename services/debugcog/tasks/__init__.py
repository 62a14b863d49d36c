"""The asyncio tasks of an event loop: since when they are seen, what they wait for, in groups."""
