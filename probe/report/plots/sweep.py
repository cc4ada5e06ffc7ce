"""Draws a sweep: each figure over the varied value, a line per classifier, and the spread over the seeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from probe.input_error import InputError
from probe.report.plots.vega import COLOURS, DASHES, plain
from probe.report.terminal.sweep import sentences
from probe.studies.sweep.break_points import FIGURES, HARD_BOUNCES, GridPoint, SweepResult, break_point, without_seed
from probe.studies.sweep.grid import Axis, Point

_GREY: Final = "#777777"
_REPORTED: Final = "reported"
"""The name in the legend for hard bounces, which do not depend on a classifier."""
_MOST_ROWS: Final = 12


def require_few_rows(path: Path, axes: Sequence[Axis]) -> None:
    """Raise InputError if a chart would have too many rows of panels."""
    rows = 1
    for axis in _ways(axes)[1:]:
        rows *= len(axis.values)
    if rows > _MOST_ROWS:
        problem = f"would have {rows} rows of panels, more than {_MOST_ROWS}"
        raise InputError(
            f"--plot {path}", problem, "put the --vary with the most values first, and vary fewer other values"
        )


def chart(result: SweepResult) -> dict[str, Any]:
    """Return the chart as a Vega-Lite specification: a panel per figure, and a row per further varied value."""
    import altair as alt  # noqa: PLC0415 - a large library that only charts need

    ways = _ways(result.axes)
    x = alt.X("across", type="quantitative" if ways[0].is_numeric else "ordinal", title=ways[0].path, sort=None)
    names = [plain(name) for name in result.classifiers]
    colour = alt.Color(
        "classifier",
        type="nominal",
        title=None,
        scale=alt.Scale(domain=[*names, _REPORTED], range=[*COLOURS[: len(names)], _GREY]),
        legend=alt.Legend(orient="bottom", symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=3, symbolSize=400),
    )
    # Lines of classifiers often coincide; dashes let the line below show.
    dash = alt.StrokeDash(
        "classifier",
        type="nominal",
        title=None,
        scale=alt.Scale(
            domain=[*names, _REPORTED], range=[*(DASHES[n % len(DASHES)] for n in range(len(names))), [1, 0]]
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
        rows = list(_rows(result, ways, figure))
        panel = alt.layer(band, line, first, bound, data=alt.InlineData(values=rows)).properties(width=230, height=180)
        if len(ways) > 1:
            order = list(dict.fromkeys(row["beside"] for row in rows))
            header = alt.Header(labels=not panels)  # only at the first panel of a row
            panel = panel.facet(row=alt.Row("beside:N", title=None, sort=order, header=header))
        panels.append(panel)
    title = alt.Title(plain(result.scenario), subtitle=[plain(line) for line in sentences(result)], anchor="start")
    drawn: dict[str, Any] = alt.hconcat(*panels, title=title).to_dict()
    return drawn


def _ways(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """Return the axes to draw: all but the seed, unless the seed is the only one."""
    return without_seed(axes) or tuple(axes)


def _rows(result: SweepResult, ways: Sequence[Axis], figure: str) -> Iterator[dict[str, Any]]:
    """Yield the data of one panel."""
    grid_points = result.grid_points if result.varied else [GridPoint(run.point, (run,)) for run in result.runs]
    bound = next((bound for bound in result.bounds if bound.figure == figure), None)
    for name in result.classifiers[:1] if figure == HARD_BOUNCES else result.classifiers:
        first = None if bound is None else break_point(grid_points, name, bound).first
        for grid_point in grid_points:
            yield {
                "across": grid_point.point[0].value if ways[0].is_numeric else plain(grid_point.point[0].text),
                "beside": _beside(ways[1:], grid_point.point[1:]),
                "classifier": _REPORTED if figure == HARD_BOUNCES else plain(name),
                **grid_point.spread(figure, name)._asdict(),
                "bound": None if bound is None else bound.most,
                "breaks": grid_point is first,
            }


def _beside(axes: Sequence[Axis], point: Point) -> str:
    return ", ".join(f"{axis.path} = {plain(value.text)}" for axis, value in zip(axes, point, strict=True))
