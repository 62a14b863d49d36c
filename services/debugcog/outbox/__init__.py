"""Posts, durable from the moment of their cause → delivered once, whatever Discord does."""
