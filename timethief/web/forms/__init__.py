"""Forms check shape; the domain checks meaning."""
