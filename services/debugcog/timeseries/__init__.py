"""Numbers: bare values → windowed histograms → a frozen Snapshot; and their history in SQLite."""
