"""Sweeps that vary one thing at a time: each point is a valid scenario, what is taken away is gone, it is drawn."""

from __future__ import annotations

import random
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from book_rows import attempt, refused
from circumstances import UNKNOWN, evidence_of

from probe.classify.evidence import Evidence
from probe.report.plots.sensitivity import chart
from probe.scenario.load import check
from probe.studies.fit.cases import MESSAGES
from probe.studies.sensitivity.points import ORDERED, points
from probe.studies.sensitivity.result import Measured, Wrong

SPOILED = {point.value: point.spoil for point in points() if point.spoil is not None}
EVIDENCE = Evidence(
    "ann@acme.example",
    (refused(recipient="ann@acme.example", mx="mx.acme.example", mx_address="127.1.0.1", **UNKNOWN),),
    before=(evidence_of(attempt(recipient="ann@acme.example")),),
)


def test_every_point_is_a_valid_scenario_and_no_two_are_alike() -> None:
    found = list(points())
    for point in found:
        check(point.scenario, folder=MESSAGES, path=point.value)
    assert len({(point.sweep, point.value) for point in found}) == len(found)
    assert {point.sweep for point in found} > ORDERED


def spoiled(value: str) -> Evidence:
    """Return evidence as it is after something was taken away."""
    return SPOILED[value](EVIDENCE, random.Random(1))


def test_what_is_missing_is_missing() -> None:
    assert spoiled("history").before == ()
    assert {row.at for row in spoiled("times").attempts} == {0.0}
    assert {row.local_address for row in spoiled("source addresses").attempts} == {""}
    assert {(row.mx, row.mx_address) for row in spoiled("exchangers").attempts} == {("", "")}
    assert {row.enhanced for row in spoiled("random text").attempts} == {None}
    assert {each.recipient for each in map(spoiled, SPOILED)} == {"ann@acme.example"}


MEASURED = [
    Measured("turnover", "2%", 1000, 20, {"code": Wrong(100, 2), "context": Wrong(1, 10)}),
    Measured("turnover", "<b>5%", 1000, 50, {"code": Wrong(90, 3), "context": Wrong(2, 20)}),
    Measured("missing", "times", 1000, 0, {"code": Wrong(100, 0), "context": Wrong(1, 0)}),
]


def test_shares_have_intervals() -> None:
    wrong = MEASURED[0].as_dict()["wrong"]["code"]
    assert wrong["suppressed"] == 100
    least, most = wrong["suppressed_interval"]
    assert 0.08 < least < 0.1 < most < 0.13


def test_a_chart_has_two_panels_a_sweep_and_no_share_of_nobody(tmp_path: Path) -> None:
    pytest.importorskip("altair", reason="drawing needs the extra plot")
    drawn = chart(MEASURED)
    rows = [row for data in drawn["datasets"].values() for row in data]
    shares = {(row["value"], row["classifier"], round(row["share"], 3)) for row in rows}
    assert ("2%", "code", 0.1) in shares
    assert ("2%", "context", 0.5) in shares
    assert not [row for row in rows if "<" in row["value"]]
    assert sum(row["value"] == "times" for row in rows) == 2
    from probe.report.plots.chart_file import draw  # noqa: PLC0415 - an extra

    draw(tmp_path / "chart.svg", drawn)
    assert ET.parse(tmp_path / "chart.svg").getroot().tag.endswith("svg")
