"""Draws how sensitive classifiers are: for each varied value, the living suppressed and the gone kept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from probe.report.plots.vega import COLOURS, DASHES, plain
from probe.studies.sensitivity.points import ORDERED
from probe.studies.sensitivity.result import SensitivityResult

_FIGURES: Final = {"suppressed": "of the living, suppressed", "missed": "of the gone, kept"}
_A_ROW: Final = 2
"""The number of varied values per row of the chart."""


def chart(found: Sequence[SensitivityResult]) -> dict[str, Any]:
    """Return the chart as a Vega-Lite specification: two panels per sweep, a line per classifier."""
    import altair as alt  # noqa: PLC0415 - a large library that only charts need

    names = [plain(name) for name in found[0].errors]
    key = alt.Legend(orient="bottom", symbolType="stroke", symbolStrokeWidth=3, symbolSize=400)
    colour = alt.Color(
        "classifier:N", title=None, scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])), legend=key
    )
    dashes = [DASHES[place % len(DASHES)] for place in range(len(names))]
    dash = alt.StrokeDash("classifier:N", title=None, scale=alt.Scale(domain=names, range=dashes), legend=key)
    pairs: list[Any] = []
    for sweep, group in groupby(found, key=lambda each: each.sweep):
        measured = list(group)
        panels = []
        for figure, share in _FIGURES.items():
            x = alt.X("value:N", title=plain(sweep), sort=None, axis=alt.Axis(labelAngle=-35, labelLimit=150))
            y = alt.Y("share:Q", title=share, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
            base = alt.Chart(alt.InlineData(values=_rows(measured, figure))).encode(x, colour)
            band = base.mark_errorbar(opacity=0.5).encode(alt.Y("least:Q", title=share), alt.Y2("most"))
            points = base.mark_point(filled=True, opacity=1, size=40).encode(y)
            line = [base.mark_line().encode(y, strokeDash=dash)] if sweep in ORDERED else []
            panels.append(alt.layer(band, *line, points).properties(width=190, height=140))
        pairs.append(alt.hconcat(*panels))
    rows = [alt.hconcat(*pairs[place : place + _A_ROW]) for place in range(0, len(pairs), _A_ROW)]
    title = alt.Title(
        "Sensitivity of classifiers",
        subtitle=["One value is varied at a time. Bars are 95 % intervals."],
        anchor="start",
    )
    drawn: dict[str, Any] = alt.vconcat(*rows, title=title).to_dict()
    return drawn


def _rows(measured: Sequence[SensitivityResult], figure: str) -> list[dict[str, Any]]:
    """Return the data of one panel; a point without living (or gone) recipients has no share and is left out."""
    rows = []
    for each in measured:
        of = each.alive if figure == "suppressed" else each.gone
        for name, wrong in each.as_dict()["wrong"].items():
            if of:
                least, most = wrong[f"{figure}_interval"]
                row = {"value": plain(each.value), "classifier": plain(name), "share": wrong[figure] / of}
                rows.append({**row, "least": least, "most": most})
    return rows
