"""The REST API: one module for each resource, and the way of a request through them."""
