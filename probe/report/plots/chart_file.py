"""Writes charts in Vega-Lite's words to files, drawn by vl-convert: no browser, no network.

Charts are declared in Vega-Altair; both come with ``pip install fivefifty[plot]``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Final

from probe.input_error import InputError

_KINDS: Final = (".svg", ".png", ".html")
_LIBRARIES: Final = ("altair", "vl_convert")


def require_drawable(path: Path) -> None:
    """Raise InputError where a chart cannot be drawn: an unknown kind of file, missing libraries."""
    place = f"--plot {path}"
    if path.suffix.lower() not in _KINDS:
        raise InputError(place, "is no kind of file that can be drawn", f"let its name end in {', '.join(_KINDS)}")
    if any(importlib.util.find_spec(name) is None for name in _LIBRARIES):
        raise InputError(place, "needs Vega-Altair and vl-convert", "install them: pip install 'fivefifty[plot]'")


def draw(path: Path, chart: dict[str, Any]) -> None:
    """Write a chart in the kind that the file's name ends in."""
    import vl_convert  # noqa: PLC0415 - a large library that only charts need

    match path.suffix.lower():
        case ".svg":
            path.write_text(vl_convert.vegalite_to_svg(chart), "utf-8")
        case ".png":
            path.write_bytes(vl_convert.vegalite_to_png(chart, scale=2))
        case _:
            path.write_text(vl_convert.vegalite_to_html(chart, bundle=True), "utf-8")
