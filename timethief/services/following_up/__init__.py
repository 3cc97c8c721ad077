"""Did it happen? Asking units what came of decisions, watching what was stopped, and dates of review."""
