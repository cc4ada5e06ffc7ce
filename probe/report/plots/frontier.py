"""Draws what each classifier and policy loses and keeps, with a line through those that are cheapest at some price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from probe.report.plots.vega import COLOURS, plain

_PLAIN: Final = "cheapest at no price"
_CHEAPEST: Final = "cheapest at some price"


def chart(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the chart as a Vega-Lite specification. ``points`` are those of the summary of an evaluation.

    Points with the same result have one label. Both axes are symmetric logarithms: few mistakes are of most interest.
    """
    import altair as alt  # noqa: PLC0415 - a large library that only charts need

    rows = _rows(points)
    scale = alt.Scale(type="symlog", constant=0.002, domain=[0, 1], nice=False)
    axis = alt.Axis(format="~%", values=[0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
    x = alt.X("lost:Q", title="of the living, suppressed", scale=scale, axis=axis)
    y = alt.Y("kept:Q", title="of the gone, kept", scale=scale, axis=axis)
    colour = alt.Color(
        "wins:N",
        title=None,
        scale=alt.Scale(domain=[_CHEAPEST, _PLAIN], range=[COLOURS[1], "#777777"]),
        legend=alt.Legend(orient="bottom", symbolOpacity=1),
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(x, y)
    line = base.mark_line(color=COLOURS[1], strokeDash=[4, 3]).transform_filter(alt.datum.wins == _CHEAPEST)
    dots = base.mark_point(filled=True, opacity=1, size=60).encode(colour)
    words = base.mark_text(align="left", baseline="middle", dx=7, fontSize=10).encode(text="name:N")
    title = alt.Title(
        "The living lost, and the gone kept",
        subtitle=["Left and down is better."],
        anchor="start",
    )
    drawn: dict[str, Any] = alt.layer(line, dots, words, title=title).properties(width=520, height=420).to_dict()
    return drawn


def _rows(points: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each result, with the names of all that come to it."""
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for each in points:
        if not each["living"] or not each["gone"]:
            continue
        row = rows.setdefault(
            (each["lost"], each["kept"]),
            {
                "lost": round(each["lost"] / each["living"], 6),
                "kept": round(each["kept"] / each["gone"], 6),
                "wins": _PLAIN if each["cheapest"] is None else _CHEAPEST,
                "name": [],
            },
        )
        row["name"].append(plain(each["name"]))
    return [row | {"name": " = ".join(row["name"])} for row in rows.values()]
