"""/debug overview: the whole bot in one glance."""
