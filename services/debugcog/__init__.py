"""The engine of DebugCog: metrics, logs, errors, alerts and their outbox; it knows no Discord."""

__version__ = "0.1.0"
