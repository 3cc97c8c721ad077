"""Spreadsheets as files: read from strangers, written for people."""
