"""Answers become words, charts and sheets. Pure functions of what was read."""
