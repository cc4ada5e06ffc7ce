"""Finds out with a few experiments why a gateway refuses a recipient."""
