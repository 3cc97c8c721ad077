"""Timethief: the inventory of administrative time thieves."""

__version__ = "0.1.0"
