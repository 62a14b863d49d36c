"""Process monitoring: memory, CPU, event-loop lag, crash traces, SIGTERM."""
