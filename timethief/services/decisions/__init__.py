"""Deciding what becomes of tasks, raising them, trying, and hearing those who think otherwise."""
