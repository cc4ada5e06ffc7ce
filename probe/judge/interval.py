"""Proportions, and their confidence intervals."""

from __future__ import annotations

from math import sqrt
from typing import Final

Z: Final = 1.959963984540054
"""The normal quantile for 95 %."""


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Return the 95 % score interval of a proportion (Wilson 1927); 0 to 1 where there is no case."""
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


def share(hits: int, cases: int) -> float:
    """Return a proportion to six places, 0 where there is no case."""
    return round(hits / cases, 6) if cases else 0.0


def interval(hits: int, cases: int) -> tuple[float, float]:
    """Return the score interval to six places."""
    low, high = wilson(hits, cases)
    return round(low, 6), round(high, 6)
