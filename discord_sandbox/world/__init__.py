"""State of the sandbox: guilds, channels, members, messages and permissions."""
