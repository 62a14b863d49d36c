"""Recording of a sandbox as JSON lines, and its replay."""
