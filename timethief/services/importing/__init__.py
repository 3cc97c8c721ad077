"""Spreadsheets into the inventory: reading, preview, choice, putting in, undoing."""
