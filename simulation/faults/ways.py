"""The ways in which runs are disturbed, by name: transport and processes."""

from __future__ import annotations

from typing import Final

WAYS: Final = {"memory": ("memory", 1), "tcp": ("tcp", 1), "two": ("memory", 2), "two-tcp": ("tcp", 2)}
