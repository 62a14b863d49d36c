"""What exists in the sandbox: guilds, channels, members, messages, and who may do what."""
