"""Simulated corporate mail gateways that know why they refuse, and say something."""
