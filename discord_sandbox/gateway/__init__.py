"""The gateway: WebSocket connections, sessions that resume, and which events each one gets."""
