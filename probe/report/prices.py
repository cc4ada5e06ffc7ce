"""Prices of one of the living who is lost, in words."""

from __future__ import annotations


def price_text(number: float) -> str:
    """Return a price with two significant digits, or as a whole number from 10 on."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def price_range(above: float, below: float | None) -> str:
    """Return the prices from one on and up to another; None is no limit."""
    if below is None:
        return f"from {price_text(above)}" if above else "at any price"
    return f"{price_text(above)} to {price_text(below)}" if above else f"below {price_text(below)}"
