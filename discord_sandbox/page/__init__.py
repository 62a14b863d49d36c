"""Web page that looks like a Discord client, for watching the sandbox and using the bot."""
