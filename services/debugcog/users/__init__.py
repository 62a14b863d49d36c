"""The bot's users, as a provider of the host's tells of them."""
