"""A record of what happens in a sandbox, as JSON lines, and the replay of what was posted."""
