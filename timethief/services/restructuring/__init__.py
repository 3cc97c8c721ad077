"""Merging tasks that are the same, splitting one into two, and taking either back."""
