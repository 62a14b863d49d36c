"""REST API: one module for each resource, and the path of a request through them."""
