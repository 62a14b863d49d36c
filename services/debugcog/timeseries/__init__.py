"""Metrics: recorded values → windowed histograms → a frozen Snapshot; and their history."""
