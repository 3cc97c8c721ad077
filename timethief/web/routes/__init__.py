"""One module for each noun: a route declares, delegates and shows."""
