"""A frozen ChartSpec → a PNG, drawn by a process of its own."""
