"""The parts of the simulation, in the order in which they are tried."""

from __future__ import annotations

from typing import Final

from simulation.part import Part

PARTS: Final[tuple[Part, ...]] = ()
FEATURES: Final[tuple[str, ...]] = ()
"""Everything that worlds can have."""
