"""Estimates what replies mean to a diagnosis, and measures how often a diagnosis is right."""
