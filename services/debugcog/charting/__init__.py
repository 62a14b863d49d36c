"""Picture → PNG, drawn in a separate process."""
