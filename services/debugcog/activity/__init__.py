"""What the cog itself sees of the bot's users: how often and when, no contents."""
