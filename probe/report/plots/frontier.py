"""Draws what each classifier and policy loses and keeps, with a line through those that are cheapest at some price."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from probe.report.plots.vega import COLOURS, plain

_CLASSIFIER: Final = "other classifier"
_POLICY: Final = "other policy that counts bounces"
_CHEAPEST: Final = "cheapest at some price"
_WIDTH, _HEIGHT = 560, 420
_LINEAR: Final = 0.002
"""The share up to which the axes are about linear."""
_LETTER, _LINE = 5.4, 11.0
"""Pixels that a letter and a line of a label take."""


def chart(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the chart as a Vega-Lite specification. ``points`` are those of the summary of an evaluation.

    Points with the same result have one label, policies that are the cheapest at no price have none. Both axes are
    symmetric logarithms: few mistakes are of most interest.
    """
    import altair as alt  # noqa: PLC0415 - a large library that only charts need

    rows = _rows(points)
    scale = alt.Scale(type="symlog", constant=_LINEAR, domain=[0, 1], nice=False)
    axis = alt.Axis(format=".1~%", values=[0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
    x = alt.X("lost:Q", title="of the living, suppressed", scale=scale, axis=axis)
    y = alt.Y("kept:Q", title="of the gone, kept", scale=scale, axis=axis)
    colour = alt.Color(
        "wins:N",
        title=None,
        scale=alt.Scale(domain=[_CHEAPEST, _CLASSIFIER, _POLICY], range=[COLOURS[1], COLOURS[0], "#aaaaaa"]),
        legend=alt.Legend(orient="bottom", symbolOpacity=1, labelLimit=0),
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(x, y)
    line = base.mark_line(color=COLOURS[1], strokeDash=[4, 3]).transform_filter(alt.datum.wins == _CHEAPEST)
    dots = base.mark_point(filled=True, opacity=1, size=60).encode(colour)
    words = base.mark_text(align="left", baseline="middle", dx=7, dy=alt.expr("datum.dy"), fontSize=10).encode(
        text="name:N"
    )
    title = alt.Title(
        "The living lost, and the gone kept",
        subtitle=["Left and down is better."],
        anchor="start",
    )
    drawn: dict[str, Any] = alt.layer(line, dots, words, title=title).properties(width=_WIDTH, height=_HEIGHT).to_dict()
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
                "wins": _POLICY if each["cheapest"] is None else _CHEAPEST,
                "name": [],
            },
        )
        if each["cheapest"] is None and not each["policy"]:
            row["wins"] = _CLASSIFIER
        if row["wins"] != _POLICY:
            row["name"].append(plain(each["name"]))
    return _with_room([row | {"name": " = ".join(row["name"])} for row in rows.values()])


def _with_room(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with how far each label is moved down (``dy``), so that no two lie upon each other."""
    taken: list[tuple[float, float, float]] = []
    placed = []
    for row in rows:
        begin, middle = _pixels(row["lost"], _WIDTH), _HEIGHT - _pixels(row["kept"], _HEIGHT)
        end = begin + _LETTER * len(row["name"])
        offsets = sorted((step * _LINE for step in range(len(rows), -len(rows) - 1, -1)), key=abs)
        dy = next(dy for dy in offsets if all(_is_free(each, begin, end, middle + dy) for each in taken))
        taken.append((begin, end, middle + dy))
        placed.append({**row, "dy": dy})
    return placed


def _is_free(label: tuple[float, float, float], begin: float, end: float, middle: float) -> bool:
    return label[0] >= end or begin >= label[1] or abs(label[2] - middle) >= _LINE


def _pixels(share: float, length: int) -> float:
    """Return where a share is on an axis: on a symmetric logarithm, as d3 draws it."""
    return length * math.log1p(share / _LINEAR) / math.log1p(1 / _LINEAR)
