"""Colours, dashes and safe texts of all charts."""

from __future__ import annotations

from typing import Final

from probe.harmless import harmless

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""The palette of Okabe and Ito (2008), which colour-blind people can distinguish."""
DASHES: Final = ([1, 0], [7, 5], [2, 3])


def plain(text: str) -> str:
    """Return a text that cannot end the script element of an HTML chart; vl-convert does not escape it."""
    return harmless(text).replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")
