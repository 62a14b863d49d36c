"""Building blocks of all replies: reply model, controls and actions, escaping, sending."""
