"""What charts have in common: colours, dashes, and texts that are safe in a page."""

from __future__ import annotations

from typing import Final

from probe.harmless import harmless

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito (2008): told apart by the colour-blind as well."""
DASHES: Final = ([1, 0], [7, 5], [2, 3])


def plain(text: str) -> str:
    """Return a text that ends no script in the page it is put into: vl-convert does not quote it."""
    return harmless(text).replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")
