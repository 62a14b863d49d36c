"""What a page may ask or do, by name."""
