"""What the documents say is so: commands, policies, personas and the output that the README shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from fivefifty_command import fivefifty

from fake_gateways import persona
from fake_gateways.policies import KINDS
from probe.scenario.load import check

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")


def block(after: str, language: str) -> str:
    """Return the first fenced block of a language behind some words of the README."""
    _, _, rest = README.partition(after)
    found = re.search(rf"```{language}\n(.*?)```", rest, re.DOTALL)
    assert found is not None, after
    return found[1]


def test_the_readme_shows_what_the_demo_prints(tmp_path: Path) -> None:
    name = "runs/dont-blame-the-messenger"
    done = fivefifty("run", ROOT / "scenarios" / "dont_blame_the_messenger.toml", "--out", tmp_path / "run")
    printed = done.stdout.replace(str(tmp_path / "run"), name)
    shown = block("output of: fivefifty run", "text")
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()


COMMANDS = [
    "run",
    "serve",
    "books",
    "evaluate",
    "explain",
    "fit",
    "personas",
    "personas show",
    "personas check",
    "scenario check",
    "scenario schema",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`fivefifty {command}" in README
    assert fivefifty(*command.split(), "--help").returncode == 0


@pytest.mark.parametrize("name", [*KINDS, *persona.names()])
def test_every_policy_and_persona_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_the_gateway_in_the_readme_is_part_of_a_scenario_that_is_good() -> None:
    shipped = tomllib.loads((ROOT / "scenarios" / "control.toml").read_text("utf-8"))
    shown = tomllib.loads(block("## A scenario", "toml"))
    loaded = check({**shipped, **shown}, folder=ROOT / "scenarios", path="README.md")
    assert loaded.scenario.gateway[0].name == "wary"


@pytest.mark.parametrize("file", re.findall(r"`((?:probe|fake_gateways|tests)/[\w/.]+)`", ARCHITECTURE))
def test_every_file_the_architecture_names_is_there(file: str) -> None:
    assert (ROOT / file).exists()


def test_every_library_that_is_installed_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[\[>=<; ]", line)[0] for line in project["dependencies"]}
    assert {name for name in names if name.lower() not in ARCHITECTURE.lower()} == set()


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_within_the_project_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
