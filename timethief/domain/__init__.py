"""What things are, what is allowed, what follows. Imports nothing but the standard library."""
