"""Cases: what waits is opened, handed on, answered and closed."""
