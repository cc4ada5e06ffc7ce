"""Simulated corporate mail gateways. Each knows the real cause of a refusal, and may state another one.

This package exports the ground truth that gateways record. Its other modules may change without notice.
"""

from __future__ import annotations

from fake_gateways.truth import Cause, Fault, Remedy, Truth

__all__ = ["Cause", "Fault", "Remedy", "Truth"]
