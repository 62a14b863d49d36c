"""REST API: one module per resource, and the handling of every request."""
