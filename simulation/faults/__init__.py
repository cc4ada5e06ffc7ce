"""Faults of the machine: the n-th call of every kind fails, and runs are killed at random moments."""
