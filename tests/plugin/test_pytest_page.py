"""The page on the pytest plugin: every file it shows is written and run, and every output it shows is printed."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from inner_pytest import run, run_apart
from packaging.requirements import Requirement

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
PIP: Final = re.compile(r"`pip install ([^`\n]+)`")
MARK: Final = re.compile(r"pytest\.mark\.(\w+)")
WITH_PYTEST_ASYNCIO: Final = "test_with_pytest_asyncio.py"
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
    done = run(written, "-rf", f"--ignore={WITH_PYTEST_ASYNCIO}")
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


def test_the_example_for_pytest_asyncio_passes_with_it(written: pytest.Pytester) -> None:
    # Without the option, pytest-asyncio warns.
    option = ("-o", "asyncio_default_fixture_loop_scope=function")
    run_apart(written, WITH_PYTEST_ASYNCIO, *option, asyncio=True).assert_outcomes(passed=1)


def installed_by(words: str) -> set[str]:
    """Return the distributions that come with what is named after ``pip install``."""
    missing = [re.sub(r"\W+", "-", word).strip("-").lower() for word in words.split()]
    found: set[str] = set()
    while missing:
        name = missing.pop()
        if name not in found and name:
            found.add(name)
            needed = map(Requirement, metadata.requires(name) or ())
            here = [each for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
            missing += [each.name.lower() for each in here]
    return found


def needed_by(source: str) -> set[str]:
    """Return the distributions that an example imports, or whose marks it has."""
    modules = {name.split(".")[0] for name in re.findall(r"^ *(?:import|from) ([\w.]+)", source, re.MULTILINE)}
    modules |= {{"anyio": "anyio", "asyncio": "pytest_asyncio"}.get(name, "pytest") for name in MARK.findall(source)}
    known = metadata.packages_distributions() | {"probe": ["fivefifty"]}
    return {known[name][0].lower() for name in modules - sys.stdlib_module_names}


def test_every_example_needs_only_what_the_page_says_to_install_for_it() -> None:
    sections = re.split(r"^##+ ", PAGE, flags=re.MULTILINE)
    base = installed_by(" ".join(PIP.findall(sections[0])))
    assert base >= {"fivefifty", "pytest", "aiosmtplib"}
    missing = {}
    for section in sections:
        installed = base | installed_by(" ".join(PIP.findall(section)))
        for block in BLOCK.finditer(section):
            if block["language"] == "python" and needed_by(block["text"]) - installed:
                missing[block["name"]] = needed_by(block["text"]) - installed
    assert missing == {}


def test_the_page_names_every_layout_of_reports() -> None:
    assert [layout for layout in Layout if f"`{layout}`" not in PAGE] == []
