"""Gateway: WebSocket connections, resumable sessions, and the events that each session gets."""
