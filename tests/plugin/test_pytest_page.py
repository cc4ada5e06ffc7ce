"""The page on the pytest plugin: every file it shows is written and run, and every output it shows is printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from inner_pytest import run

from fake_gateways.reports.dsn import Layout

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "pytest.md").read_text("utf-8")
BLOCK: Final = re.compile(
    r"(?:<!-- (?P<what>\w+): (?P<name>[^\n]+) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL
)


class Block(NamedTuple):
    """A fenced block: what is to be done with it (``file`` or ``prints``), and its name or command."""

    what: str | None
    name: str
    language: str
    text: str


BLOCKS: Final = [Block(*found.groups()) for found in BLOCK.finditer(PAGE)]
COMMANDS: Final = [block for block in BLOCKS if block.what == "prints"]


@pytest.fixture
def written(pytester: pytest.Pytester) -> pytest.Pytester:
    """Write every file of the page."""
    for block in BLOCKS:
        if block.what == "file":
            path = pytester.path / block.name
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, "utf-8")
    return pytester


def test_every_block_of_the_page_is_run() -> None:
    assert len(BLOCKS) == PAGE.count("\n```") / 2
    assert [block for block in BLOCKS if block.what not in {"file", "prints"}] == []


def test_the_readme_begins_as_the_page_does() -> None:
    assert BLOCKS[0].text in (ROOT / "README.md").read_text("utf-8")


def test_what_the_page_calls_a_test_passes_but_for_the_two_that_are_to_fail(written: pytest.Pytester) -> None:
    done = run(written, "-rf")
    done.assert_outcomes(passed=27, failed=2)
    assert {line.split(" - ")[0] for line in done.outlines if line.startswith("FAILED ")} == {
        "FAILED scenarios/welcome.toml::welcome::classifiers.code.wrongly_suppressed",
        "FAILED test_invoice.py::test_the_invoice_goes_out",
    }


@pytest.mark.parametrize("block", COMMANDS, ids=lambda block: block.name)
def test_what_the_page_shows_is_printed(block: Block, written: pytest.Pytester) -> None:
    command, *arguments = block.name.split()
    assert command == "pytest"
    done = run(written, *arguments)
    assert block.text in "\n".join([*done.outlines, ""])


def test_the_page_names_every_layout_of_reports() -> None:
    assert [layout for layout in Layout if f"`{layout}`" not in PAGE] == []
