"""The chart of what classifiers lose and keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from probe.report.plots.frontier import chart


def point(name: str, lost: int, kept: int, cheapest: tuple[float, float | None] | None = None) -> dict[str, Any]:
    """Return a point as the summary of an evaluation has it."""
    return {
        "name": name,
        "living": 1000,
        "lost": lost,
        "gone": 100,
        "kept": kept,
        "cheapest": cheapest,
        "policy": name.startswith("first"),
    }


def test_who_comes_to_the_same_has_one_label_and_the_cheapest_are_told_apart(tmp_path: Path) -> None:
    pytest.importorskip("altair", reason="drawing needs the extra plot")
    drawn = chart(
        [
            point("code", 50, 5, (0.0, 2.0)),
            point("first<b>", 50, 5, (0.0, 2.0)),
            point("text", 60, 5),
            point("first-hard", 70, 5),
            point("always-keep", 0, 100, (2.0, None)),
            point("context", 0, 0) | {"living": 0},
        ]
    )
    (rows,) = drawn["datasets"].values() if "datasets" in drawn else [drawn["layer"][0]["data"]["values"]]
    assert [(row["name"], row["lost"], row["kept"], row["wins"]) for row in rows] == [
        ("code = first\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}b>", 0.05, 0.05, "cheapest at some price"),
        ("text", 0.06, 0.05, "other classifier"),
        ("", 0.07, 0.05, "other policy that counts bounces"),
        ("always-keep", 0.0, 1.0, "cheapest at some price"),
    ]
    from probe.report.plots.chart_file import draw  # noqa: PLC0415 - an extra

    draw(tmp_path / "chart.svg", drawn)
    assert ET.parse(tmp_path / "chart.svg").getroot().tag.endswith("svg")


def test_labels_of_results_that_are_close_stand_below_each_other() -> None:
    pytest.importorskip("altair", reason="drawing needs the extra plot")
    drawn = chart([point(name, 50 + number, 5) for number, name in enumerate(("code", "text", "mine"))])
    (rows,) = drawn["datasets"].values() if "datasets" in drawn else [drawn["layer"][0]["data"]["values"]]
    assert sorted(row["dy"] for row in rows) == [-11, 0, 11]
