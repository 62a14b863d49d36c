"""Actions that the page's WebSocket accepts: queries, commands and faults."""
