"""Declares the report's charts with Vega-Altair and writes them to probe/report/html/charts.json (``make charts``).

A chart is the same in every report; only its data differ, and are added by name. So Altair is needed here only, and not
in a run. ``hatch_build.py`` packs the JavaScript that draws the charts.
Colours are CSS variables of the page, so that charts follow its dark mode and its print style.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import altair as alt

REPORT: Final = Path(__file__).parents[1] / "probe" / "report" / "html"
STANDINGS: Final = ("delivered", "deferred", "gone", "lied", "kept", "missed")
PAYMENTS: Final = ("living", "dead", "reputation")
FONT: Final = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif'
CLOCK: Final = {
    "milliseconds": "",
    "seconds": "%H:%M:%S",
    **dict.fromkeys(("minutes", "hours"), "%H:%M"),
    **dict.fromkeys(("day", "date", "week"), "%d %b"),
    "month": "%b %Y",
}
FULL_WIDTH: Final = "container"


def charts() -> dict[str, dict[str, Any]]:
    """Return every chart as a Vega-Lite specification without data."""
    made = {
        "flow": flow(),
        "onset": onset(),
        "shares": shares(),
        "frontier": frontier(),
        "calibration": calibration(),
        "costs": costs(),
    }
    return {name: _plain(chart) for name, chart in made.items()}


def flow() -> alt.LayerChart:
    """From the true cause over the reply code to the report: bars, and ribbons between them.

    The positions are computed by probe/report/html/flow.py. ``ribbons`` holds points of the edges (``x``, ``y``,
    ``y2``), ``nodes`` holds the bars.
    """
    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False, zero=False))
    down = alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=True, reverse=True))
    ribbons = (
        alt.Chart(alt.NamedData("ribbons"))
        .mark_area(interpolate="monotone", opacity=0.62, strokeWidth=0.8, strokeOpacity=0.62, line=False)
        .encode(across, down, alt.Y2("y2:Q"), _fill("standing", STANDINGS), detail="ribbon:N", tooltip="told:N")
    )
    nodes = alt.Chart(alt.NamedData("nodes"))
    bars = nodes.mark_rect(color="var(--ink)").encode(
        across, down, x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q"), tooltip="told:N"
    )
    small = alt.expr("width < 480 ? 10 : 12")
    words = [
        nodes.transform_filter(alt.datum.side == side)
        .mark_text(align=side, dx=5 if side == "left" else -5, baseline="middle", fontSize=small, **look)
        .encode(
            alt.X("edge:Q", axis=None),
            alt.Y("middle:Q", axis=None),
            text="label:N",
            tooltip="told:N",
        )
        for look in (
            {"stroke": "var(--paper)", "strokeWidth": 3, "strokeJoin": "round", "color": "var(--paper)"},
            {"color": "var(--ink)"},
        )
        for side in ("left", "right")
    ]
    return alt.layer(ribbons, bars, *words).properties(width=FULL_WIDTH, height=400)


def onset() -> alt.LayerChart:
    """Stacked bars of the attempts at one gateway over time: ``at``, ``until``, ``low``, ``high``.

    ``first`` holds the moment when refusals began (``at``); its label is at the ``side`` of a line there.
    """
    bars = (
        alt.Chart(alt.NamedData("steps"))
        .mark_rect()
        .encode(
            alt.X(
                "at:T",
                scale=alt.Scale(type="utc"),
                axis=alt.Axis(
                    title=None, labelOverlap="greedy", labelSeparation=6, labelFlush=False, tickCount=5, format=CLOCK
                ),
            ),
            alt.X2("until:T"),
            alt.Y("low:Q", axis=alt.Axis(title=None, tickCount=4, tickMinStep=1, format="~s")),
            alt.Y2("high:Q"),
            _fill("standing", STANDINGS),
            tooltip="told:N",
        )
    )
    moment = alt.Chart(alt.NamedData("first")).encode(alt.X("at:T"), tooltip="told:N")
    line = moment.mark_rule(color="var(--ink)", strokeWidth=1.5, strokeDash=[4, 3])
    label = moment.mark_text(
        align=alt.expr("datum.side"),
        dx=alt.expr("datum.side == 'left' ? -1 : 1"),
        baseline="bottom",
        fontSize=11,
        color="var(--ink)",
    ).encode(y=alt.value(-3), text=alt.value("refusals began"))
    return alt.layer(bars, line, label).properties(width=FULL_WIDTH, height=130)


def shares() -> alt.LayerChart:
    """Shares with their intervals, one per row (``name``, ``share``, ``low``, ``high``); the axis ends at ``most``."""
    most = alt.param(name="most", value=1)
    rows = alt.Y(
        "name:N", sort=None, axis=alt.Axis(title=None, labelLimit=150, ticks=False, domain=False, labelPadding=9)
    )
    scale = alt.Scale(domain=[0, alt.expr("most")], nice=False, clamp=True)
    axis = alt.Axis(title=None, format="~%", tickCount=4, labelOverlap=True, labelFlush=True)
    base = alt.Chart(alt.NamedData("shares"))
    reach = base.mark_rule(strokeWidth=3, color="var(--lied)", opacity=0.55, strokeCap="round").encode(
        alt.X("low:Q", scale=scale, axis=axis), alt.X2("high:Q"), y=rows, tooltip="told:N"
    )
    dots = base.mark_point(filled=True, size=70, opacity=1, color="var(--lied)").encode(
        alt.X("share:Q", scale=scale, axis=axis), y=rows, tooltip="told:N"
    )
    return alt.layer(reach, dots).add_params(most).properties(width=FULL_WIDTH, height=100)


def frontier() -> alt.LayerChart:
    """What each classifier loses and keeps (``name``, ``lost``, ``kept``), and a line through the ``cheapest``.

    The axes are symmetric logarithms: of most interest is who makes few mistakes.
    """
    scale = alt.Scale(type="symlog", constant=0.005, domain=[0, 1], nice=False)
    ticks = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
    axis = {"format": "~%", "values": ticks, "labelOverlap": True}
    lost = alt.X("lost:Q", scale=scale, axis=alt.Axis(title="of the living, suppressed", **axis))
    kept = alt.Y("kept:Q", scale=scale, axis=alt.Axis(title="of the gone, kept", **axis))
    line = (
        alt.Chart(alt.NamedData("cheapest"))
        .mark_line(color="var(--faint)", strokeDash=[4, 4], strokeWidth=1.5)
        .encode(lost, kept)
    )
    base = alt.Chart(alt.NamedData("classifiers")).encode(lost, kept, tooltip="told:N")
    dots = base.mark_point(filled=True, size=70, opacity=1, color="var(--lied)")
    words = base.mark_text(
        align=alt.expr("datum.lost > 0.3 ? 'right' : 'left'"),
        dx=alt.expr("datum.lost > 0.3 ? -9 : 9"),
        baseline="middle",
        fontSize=12,
        color="var(--ink)",
    ).encode(text="name:N")
    return alt.layer(line, dots, words).properties(width=FULL_WIDTH, height=260)


def calibration() -> alt.LayerChart:
    """A reliability curve: predicted probability (``said``), true share (``true``, ``low``, ``high``), ``cases``."""
    one = alt.Scale(domain=[0, 1], nice=False)
    said = alt.X("said:Q", scale=one, axis=alt.Axis(title="predicted to be alive", format="~%", tickCount=5))
    true = alt.Y("true:Q", scale=one, axis=alt.Axis(title="alive", format="~%", tickCount=5))
    ends = alt.Data(values=[{"said": 0, "true": 0}, {"said": 1, "true": 1}])
    diagonal = alt.Chart(ends).mark_line(color="var(--faint)", strokeDash=[4, 4], strokeWidth=1.5).encode(said, true)
    base = alt.Chart(alt.NamedData("bins"))
    reach = base.mark_rule(color="var(--gone)", strokeWidth=2, opacity=0.6).encode(
        said, alt.Y("low:Q", scale=one, axis=alt.Axis(title="alive", format="~%", tickCount=5)), alt.Y2("high:Q")
    )
    curve = base.mark_line(color="var(--gone)", strokeWidth=1.5).encode(said, true)
    dots = base.mark_point(filled=True, opacity=1, color="var(--gone)").encode(
        said,
        true,
        size=alt.Size("cases:Q", legend=None, scale=alt.Scale(range=[40, 300])),
        tooltip="told:N",
    )
    return alt.layer(diagonal, reach, curve, dots).properties(width=FULL_WIDTH, height=260)


def costs() -> alt.Chart:
    """The cost of each classifier's mistakes: ``name``, ``payment`` (what is paid for), ``low``, ``high``."""
    axis = alt.Axis(title=None, format=",~f", tickCount=4, labelOverlap="greedy", labelSeparation=6)
    return (
        alt.Chart(alt.NamedData("costs"))
        .mark_bar(height=14)
        .encode(
            alt.X("low:Q", axis=axis),
            alt.X2("high:Q"),
            _names(),
            _fill("payment", PAYMENTS),
            tooltip="told:N",
        )
        .properties(width=FULL_WIDTH, height=100)
    )


def _names() -> alt.Y:
    """Return an axis with a row per name, in the order of the data."""
    return alt.Y(
        "name:N", sort=None, axis=alt.Axis(title=None, labelLimit=150, ticks=False, domain=False, labelPadding=9)
    )


def _fill(field: str, names: tuple[str, ...]) -> alt.Color:
    """Return a colour per name; the legend is part of the page."""
    scale = alt.Scale(domain=list(names), range=[f"var(--{name})" for name in names])
    return alt.Color(f"{field}:N", scale=scale, legend=None)


def _plain(chart: alt.Chart | alt.LayerChart) -> dict[str, Any]:
    """Return a specification in the page's colours and font, without ARIA texts: the page has its own."""
    axis = {
        "domainColor": "var(--faint)",
        "gridColor": "var(--line)",
        "labelColor": "var(--ink)",
        "labelFontSize": 12,
        "tickColor": "var(--faint)",
        "titleColor": "var(--ink)",
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    text = {"font": FONT, "aria": False, "background": "transparent", "padding": 2}
    config = {**text, "axis": axis, "view": {"stroke": None}}
    return {**chart.to_dict(), "config": config}


if __name__ == "__main__":
    (REPORT / "charts.json").write_text(json.dumps(charts(), indent=1) + "\n", "utf-8")
