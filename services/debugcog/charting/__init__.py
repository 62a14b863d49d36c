"""ChartSpec → PNG, drawn in a separate process."""
