"""Any text → the same text without secrets."""

REDACTED = "[redacted]"
