"""Writes Vega-Lite charts to files with vl-convert, without browser or network.

Charts are declared with Vega-Altair. Both libraries come with ``pip install 'fivefifty[plot]'``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Final

from probe.input_error import InputError

_KINDS: Final = (".svg", ".png", ".html")
_LIBRARIES: Final = ("altair", "vl_convert")


def require_drawable(path: Path) -> None:
    """Raise InputError if a chart cannot be drawn: the kind of file is unknown, or a library is missing."""
    place = f"--plot {path}"
    if path.suffix.lower() not in _KINDS:
        raise InputError(place, "is not a kind of file that can be drawn", f"end the name in {', '.join(_KINDS)}")
    if any(importlib.util.find_spec(name) is None for name in _LIBRARIES):
        raise InputError(place, "needs Vega-Altair and vl-convert", "install them: pip install 'fivefifty[plot]'")


def draw(path: Path, chart: dict[str, Any]) -> None:
    """Write a chart in the format that the file's suffix names."""
    import vl_convert  # noqa: PLC0415 - a large library that only charts need

    match path.suffix.lower():
        case ".svg":
            path.write_text(vl_convert.vegalite_to_svg(chart), "utf-8")
        case ".png":
            path.write_bytes(vl_convert.vegalite_to_png(chart, scale=2))
        case _:
            path.write_text(vl_convert.vegalite_to_html(chart, bundle=True), "utf-8")
