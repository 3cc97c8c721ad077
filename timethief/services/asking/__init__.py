"""The requester is asked whether what it asks for is used."""
