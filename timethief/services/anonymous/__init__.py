"""Reports whose writers nobody knows."""
