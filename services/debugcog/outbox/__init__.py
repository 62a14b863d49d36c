"""The outbox: posts that are committed with their cause and delivered once."""
