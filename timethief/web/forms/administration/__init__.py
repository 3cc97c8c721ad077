"""The forms of the administration pages."""
