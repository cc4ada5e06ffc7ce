"""Finds out by a few experiments why a gateway refuses a recipient."""
