"""The engine of DebugCog: metrics, logs, errors, alerts and their outbox; it knows no Discord."""
