"""The chart of a sweep: what is in it, that it needs nothing from elsewhere, and what is said where there is none."""

from __future__ import annotations

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from probe.input_error import InputError
from probe.judge.errors import ErrorCounts
from probe.report.plots.chart_file import draw, require_drawable
from probe.report.plots.sweep import chart, require_few_rows
from probe.studies.sweep.break_points import WRONGLY_SUPPRESSED, Bound, SweepResult, SweepRun
from probe.studies.sweep.grid import parse, points


def findings(*varied: str) -> SweepResult:
    """Return a sweep that gets worse from value to value."""
    axes = parse(varied)
    runs = []
    for n, point in enumerate(points(axes)):
        wrong = axes[0].values.index(point[0]) / 10
        runs.append(SweepRun(point, 100, 80, 9, 0.09, {"code": ErrorCounts(1000, round(1000 * wrong) + n, 2, 1)}, ""))
    return SweepResult("small.toml", axes, ("code",), (Bound(WRONGLY_SUPPRESSED, 0.05),), tuple(runs))


def shown(drawn: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the rows of each panel."""
    return [drawn["datasets"][panel["data"]["name"]] for panel in drawn["hconcat"]]


class Links(HTMLParser):
    """Finds what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a tag leads."""
        self.found += [f"{tag} {value}" for name, value in attrs if name in {"src", "href"}]


def test_every_figure_has_a_panel_with_medians_spreads_the_bound_and_the_first_point_beyond() -> None:
    drawn = chart(findings("lies=0:1:0.5", "seed=1..2"))
    wrongly, missed, hard = shown(drawn)
    assert [(row["across"], row["least"], row["most"], row["breaks"]) for row in wrongly] == [
        (0.0, 0.0, 0.001, False),
        (0.5, 0.102, 0.103, True),
        (1.0, 0.204, 0.205, False),
    ]
    assert {row["bound"] for row in wrongly} == {0.05}
    assert {(row["median"], row["bound"]) for row in missed} == {(0.5, None)}
    assert {(row["median"], row["classifier"]) for row in hard} == {(0.09, "reported")}
    assert drawn["title"]["subtitle"][0].startswith("code breaks at lies = 0.5: ")


def test_a_second_thing_that_is_varied_makes_rows_and_text_keeps_its_order() -> None:
    drawn = chart(findings("persona=postfix,cisco-esa", "lies=0,1"))
    # Vega-Lite would sort them as words.
    late = chart(findings("lies=0,1", "sender.retry.first=6h,12h"))
    assert late["hconcat"][0]["facet"]["row"]["sort"] == ["sender.retry.first = 6h", "sender.retry.first = 12h"]
    (first, *_) = shown(drawn)
    assert [(row["across"], row["beside"]) for row in first] == [
        ("postfix", "lies = 0"), ("postfix", "lies = 1"), ("cisco-esa", "lies = 0"), ("cisco-esa", "lies = 1"),
    ]  # fmt: skip
    assert all("facet" in panel for panel in drawn["hconcat"])


def test_seeds_alone_are_drawn_one_by_one() -> None:
    first, *_ = shown(chart(findings("seed=1..3")))
    assert [row["across"] for row in first] == [1, 2, 3]


def test_a_drawing_is_whole_and_asks_for_nothing_elsewhere(tmp_path: Path) -> None:
    swept = chart(findings("lies=0,1", "seed=1..2"))
    draw(tmp_path / "a.svg", swept)
    text = (tmp_path / "a.svg").read_text("utf-8")
    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "wrongly suppressed" in text
    assert not re.findall(r'(?:href|src)="https?:', text)
    draw(tmp_path / "a.html", swept)
    page = (tmp_path / "a.html").read_text("utf-8")
    links = Links()
    links.feed(page)
    assert links.found == []
    draw(tmp_path / "a.PNG", swept)
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG\r\n")


def test_what_is_varied_ends_no_script_in_the_page(tmp_path: Path) -> None:
    draw(tmp_path / "a.html", chart(findings("persona=</script><b>,postfix")))
    assert "<b>" not in (tmp_path / "a.html").read_text("utf-8")


def test_a_kind_of_file_that_nobody_draws_is_told() -> None:
    with pytest.raises(InputError, match=r"^--plot a\.gif: is not a kind of file that can be drawn; end the name in"):
        require_drawable(Path("a.gif"))


def test_without_the_libraries_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    with pytest.raises(InputError) as raised:
        require_drawable(Path("a.svg"))
    assert str(raised.value) == (
        "--plot a.svg: needs Vega-Altair and vl-convert; install them: pip install 'fivefifty[plot]'"
    )


def test_more_rows_than_anybody_looks_at_are_told() -> None:
    require_few_rows(Path("a.svg"), parse(["lies=0:1:0.1", "rate=1..12", "seed=1..20"]))
    with pytest.raises(
        InputError, match=r"^--plot a\.svg: would have 13 rows of panels, more than 12; put the --vary with"
    ):
        require_few_rows(Path("a.svg"), parse(["lies=0:1:0.1", "rate=1..13"]))
