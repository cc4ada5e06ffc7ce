"""How far a proportion from so few cases may be off."""

from __future__ import annotations

from math import sqrt
from typing import Final

Z: Final = 1.959963984540054
"""The normal quantile for 95 %."""


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Return the 95 % score interval of a proportion (Wilson 1927); anything is possible where there is no case."""
    if cases == 0:
        return 0.0, 1.0
    share = hits / cases
    middle = share + Z * Z / (2 * cases)
    reach = Z * sqrt(share * (1 - share) / cases + Z * Z / (4 * cases * cases))
    scale = 1 + Z * Z / cases
    # At the ends the exact bounds are 0 and 1; rounding must not push them aside.
    low = 0.0 if hits == 0 else (middle - reach) / scale
    high = 1.0 if hits == cases else (middle + reach) / scale
    return low, high
