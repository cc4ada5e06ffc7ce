"""The generated files of the report: the charts declared with Vega-Altair, and the JavaScript that draws them."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
REPORT: Final = ROOT / "probe" / "report" / "html"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Return tools/charts.py as a module."""
    pytest.importorskip("altair", reason="altair, with which the charts are declared, is not installed")
    found = importlib.util.spec_from_file_location("charts", ROOT / "tools" / "charts.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_charts_are_those_that_the_tool_declares(tool: ModuleType) -> None:
    assert json.loads((REPORT / "charts.json").read_text("utf-8")) == tool.charts(), "run make charts"


def test_every_colour_of_a_chart_is_one_of_the_page_in_light_dark_and_print() -> None:
    used = set(re.findall(r"var\((--\w+)\)", (REPORT / "charts.json").read_text("utf-8")))
    style = (REPORT / "page.css").read_text("utf-8")
    palettes = re.findall(r":root \{(.*?)\n *\}", style, re.DOTALL)
    assert len(palettes) == 3
    shared = {"--living", "--dead", "--reputation"}  # other names for some of the others
    for palette in palettes:
        assert used - shared <= set(re.findall(r"(--\w+):", palette))
    assert not re.search(r'"#[0-9a-f]{3,8}"', (REPORT / "charts.json").read_text("utf-8"))


def test_what_draws_is_the_version_that_the_charts_are_written_for(tool: ModuleType) -> None:
    head = (REPORT / "vega.js").read_text("utf-8")[:200]
    found = re.match(r"/\*! Vega (\d+)\.[\d.]+, Vega-Lite (\d+)\.(\d+) and Vega-Embed \d", head)
    assert found is not None
    major, minor, _ = tool.alt.SCHEMA_VERSION.removeprefix("v").split(".")
    assert found.groups()[1:] == (major, minor), "build the package anew"


def test_what_draws_can_stand_in_a_page() -> None:
    for name in ("vega.js", "recipients.js", "page.js"):
        text = (REPORT / name).read_bytes().decode("utf-8")
        assert not re.search(r"</script|<!--|\r|\0", text, re.IGNORECASE)
