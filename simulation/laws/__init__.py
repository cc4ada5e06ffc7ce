"""Runs a world in several ways, and holds what the runs left against laws."""
