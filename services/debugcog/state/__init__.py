"""The state file: one SQLite database on a thread of its own."""
