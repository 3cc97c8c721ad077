"""What the demonstration shows beside its tasks: made by the real services."""
