"""The chart of a sensitivity study."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from probe.judge.errors import ErrorCounts
from probe.report.plots.sensitivity import chart
from probe.studies.sensitivity.result import SensitivityResult

RESULTS = [
    SensitivityResult(
        "turnover", "2%", {"code": ErrorCounts(1000, 100, 20, 2), "context": ErrorCounts(1000, 1, 20, 10)}
    ),
    SensitivityResult(
        "turnover", "<b>5%", {"code": ErrorCounts(1000, 90, 50, 3), "context": ErrorCounts(1000, 2, 50, 20)}
    ),
    SensitivityResult(
        "missing", "times", {"code": ErrorCounts(1000, 100, 0, 0), "context": ErrorCounts(1000, 1, 0, 0)}
    ),
]


def test_a_chart_has_two_panels_for_each_sweep_and_no_share_where_there_is_no_recipient(tmp_path: Path) -> None:
    pytest.importorskip("altair", reason="drawing needs the extra plot")
    drawn = chart(RESULTS)
    rows = [row for data in drawn["datasets"].values() for row in data]
    shares = {(row["value"], row["classifier"], round(row["share"], 3)) for row in rows}
    assert ("2%", "code", 0.1) in shares
    assert ("2%", "context", 0.5) in shares
    assert not [row for row in rows if "<" in row["value"]]
    assert sum(row["value"] == "times" for row in rows) == 2
    from probe.report.plots.chart_file import draw  # noqa: PLC0415 - an extra

    draw(tmp_path / "chart.svg", drawn)
    assert ET.parse(tmp_path / "chart.svg").getroot().tag.endswith("svg")
