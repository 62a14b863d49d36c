"""One folder a command: the command, what it shows, and what its controls do."""
