"""What is seen of Discord's gateway and REST API: connections, events, rate limits, refusals."""
