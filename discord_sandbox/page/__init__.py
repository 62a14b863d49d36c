"""Web page that shows the sandbox as a Discord client does and lets people use the bot."""
