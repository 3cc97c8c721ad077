"""What is read: one frozen dataclass for each page, list or file. Rows never leave this room."""
