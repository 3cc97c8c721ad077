"""The JSON API, on the same rules as the pages."""
