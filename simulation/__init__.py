"""Tries to break fivefifty: worlds by seed, faults at every call, kills, a bad network, fuzzing. ``make simulate``."""
