"""A page in the browser on which people look at the sandbox and use the bot."""
