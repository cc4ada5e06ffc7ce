"""Draws a sweep: each figure over what was varied, a line a classifier, with the spread over the seeds around it.

Charts are declared in Vega-Altair and drawn by vl-convert, which needs no browser and no network. Both come with
``pip install fivefifty[plot]``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from probe.breaking import FIGURES, HARD_BOUNCES, Findings, Spot, breaking, without_seed
from probe.grid import Axis, Point
from probe.input_error import InputError
from probe.report.harmless import harmless
from probe.report.sweep import answer

KINDS: Final = (".svg", ".png", ".html")
_LIBRARIES: Final = ("altair", "vl_convert")
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito (2008): told apart by the colour-blind as well."""
_DASHES: Final = ([1, 0], [7, 5], [2, 3])
_GREY: Final = "#777777"
_REPORTED: Final = "reported"
"""In the key, the hard bounces, which are no classifier's doing."""
_MOST_ROWS: Final = 12


def require_drawable(path: Path, axes: Sequence[Axis]) -> None:
    """Raise InputError where a chart cannot be drawn: an unknown kind of file, missing libraries, too many panels."""
    place = f"--plot {path}"
    if path.suffix.lower() not in KINDS:
        raise InputError(place, "is no kind of file that can be drawn", f"let its name end in {', '.join(KINDS)}")
    if any(importlib.util.find_spec(name) is None for name in _LIBRARIES):
        raise InputError(place, "needs Vega-Altair and vl-convert", "install them: pip install 'fivefifty[plot]'")
    rows = 1
    for axis in _ways(axes)[1:]:
        rows *= len(axis.values)
    if rows > _MOST_ROWS:
        problem = f"would have {rows} rows of panels, more than {_MOST_ROWS}"
        raise InputError(place, problem, "vary first what has the most values, and fewer things beside it")


def draw(path: Path, findings: Findings) -> None:
    """Write the chart in the kind that the file's name ends in."""
    import vl_convert  # noqa: PLC0415 - a large library that only charts need

    drawn = chart(findings)
    match path.suffix.lower():
        case ".svg":
            path.write_text(vl_convert.vegalite_to_svg(drawn), "utf-8")
        case ".png":
            path.write_bytes(vl_convert.vegalite_to_png(drawn, scale=2))
        case _:
            path.write_text(vl_convert.vegalite_to_html(drawn, bundle=True), "utf-8")


def chart(findings: Findings) -> dict[str, Any]:
    """Return the chart in Vega-Lite's words: a panel for each figure, in rows where more than one thing is varied."""
    import altair as alt  # noqa: PLC0415 - a large library that only charts need

    ways = _ways(findings.axes)
    x = alt.X("across", type="quantitative" if ways[0].numbers else "ordinal", title=ways[0].path, sort=None)
    names = [_plain(name) for name in findings.classifiers]
    colour = alt.Color(
        "classifier",
        type="nominal",
        title=None,
        scale=alt.Scale(domain=[*names, _REPORTED], range=[*_COLOURS[: len(names)], _GREY]),
        legend=alt.Legend(orient="bottom", symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=3, symbolSize=400),
    )
    # Classifiers often agree, and then a dashed line lets the one below it be seen.
    dash = alt.StrokeDash(
        "classifier",
        type="nominal",
        title=None,
        scale=alt.Scale(
            domain=[*names, _REPORTED], range=[*(_DASHES[n % len(_DASHES)] for n in range(len(names))), [1, 0]]
        ),
    )
    panels: list[Any] = []
    for figure, name in FIGURES.items():
        base = alt.Chart().encode(x, color=colour)
        y = alt.Y("median", type="quantitative", title=name, axis=alt.Axis(format="%"), scale=alt.Scale(domainMin=0))
        band = base.mark_area(opacity=0.2).encode(alt.Y("least:Q"), y2="most")
        line = base.mark_line(point=True).encode(y, strokeDash=dash)
        first = base.mark_point(size=200, strokeWidth=2).encode(y).transform_filter("datum.breaks")
        bound = alt.Chart().mark_rule(strokeDash=[4, 4]).encode(alt.Y("mean(bound):Q"))
        rows = list(_rows(findings, ways, figure))
        panel = alt.layer(band, line, first, bound, data=alt.InlineData(values=rows)).properties(width=230, height=180)
        if len(ways) > 1:
            order = list(dict.fromkeys(row["beside"] for row in rows))
            header = alt.Header(labels=not panels)  # once for a row of panels
            panel = panel.facet(row=alt.Row("beside:N", title=None, sort=order, header=header))
        panels.append(panel)
    title = alt.Title(_plain(findings.scenario), subtitle=[_plain(line) for line in answer(findings)], anchor="start")
    drawn: dict[str, Any] = alt.hconcat(*panels, title=title).to_dict()
    return drawn


def _ways(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """Return the axes that are drawn: all but the seed, unless it is the only one."""
    return without_seed(axes) or tuple(axes)


def _rows(findings: Findings, ways: Sequence[Axis], figure: str) -> Iterator[dict[str, Any]]:
    """Yield what one panel shows."""
    spots = findings.spots if findings.ways else [Spot(run.point, (run,)) for run in findings.runs]
    bound = next((bound for bound in findings.bounds if bound.figure == figure), None)
    for name in findings.classifiers[:1] if figure == HARD_BOUNCES else findings.classifiers:
        first = None if bound is None else breaking(spots, name, bound).first
        for spot in spots:
            yield {
                "across": spot.point[0].value if ways[0].numbers else _plain(spot.point[0].text),
                "beside": _beside(ways[1:], spot.point[1:]),
                "classifier": _REPORTED if figure == HARD_BOUNCES else _plain(name),
                **spot.spread(figure, name)._asdict(),
                "bound": None if bound is None else bound.most,
                "breaks": spot is first,
            }


def _beside(axes: Sequence[Axis], point: Point) -> str:
    return ", ".join(f"{axis.path} = {_plain(value.text)}" for axis, value in zip(axes, point, strict=True))


def _plain(text: str) -> str:
    """Return a text that ends no script in the page it is put into: vl-convert does not quote it."""
    return harmless(text).replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")
