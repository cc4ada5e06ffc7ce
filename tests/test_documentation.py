"""What the documents say is so: commands, policies, personas and the output that README and manual show."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fivefifty_command import fivefifty

from fake_gateways import persona
from fake_gateways.policies import KINDS
from fake_gateways.truth import Cause
from probe.classify.external.protocol import Answer
from probe.classify.reading import Reading
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.formats import own
from probe.classify.rules.rule_set import RuleText
from probe.classify.rules.rule_tests import failures
from probe.scenario.load import check
from probe.studies.suppression.policies import Hearing

ROOT = Path(__file__).parent.parent
README = "".join((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/manual.md"))
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
    assert printed.splitlines() == shown.splitlines()


def test_the_readme_shows_what_suppression_prints(tmp_path: Path) -> None:
    fivefifty("run", ROOT / "scenarios" / "which_policy.toml", "--transport", "memory", "--out", tmp_path / "run")
    done = fivefifty("suppression", tmp_path / "run")
    shown = block("output of: fivefifty suppression", "text")
    assert [line.rstrip() for line in done.stdout.splitlines()] == shown.splitlines()


def test_the_readme_shows_what_a_sweep_prints() -> None:
    varied = ("--vary", "gateway.listening.lies=0:0.2:0.05", "--vary", "seed=1..3", "--classifier", "code")
    assert f"fivefifty sweep scenarios/listing_lifted.toml {' '.join(varied)}" in README
    done = fivefifty("sweep", ROOT / "scenarios" / "listing_lifted.toml", *varied)
    shown = block("output of: fivefifty sweep", "text")
    assert [line.rstrip() for line in done.stdout.rstrip().splitlines()] == shown.splitlines()


def test_the_policy_in_the_readme_is_one() -> None:
    given: dict[str, Any] = {}
    exec(block("takes one of your own", "python"), given)
    hard = Hearing("news", 0.0, bounced=True, reading=Reading(Cause.USER_UNKNOWN))
    assert [given["my_policy"]((hard,) * count, 1.0) for count in (0, 1, 2)] == [False, False, True]


COMMANDS = re.findall(
    r"^## `fivefifty ([a-z]+)", (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8"), re.MULTILINE
)


def test_the_readme_names_every_command_in_few_lines() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme[readme.index("## Commands") :]
    assert set(COMMANDS) - set(re.findall(r"`(?:fivefifty )?([a-z]+)[ `]", table)) == set()
    assert len(readme.splitlines()) < 150


def test_the_answers_in_the_readme_are_answers() -> None:
    for line in block("## Your classifier", "json").splitlines():
        Answer.model_validate_json(line, strict=True)


@pytest.mark.parametrize("name", [*KINDS, *persona.names()])
def test_every_policy_and_persona_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_the_gateway_in_the_readme_is_part_of_a_scenario_that_is_good() -> None:
    shipped = tomllib.loads((ROOT / "scenarios" / "control.toml").read_text("utf-8"))
    shown = tomllib.loads(block("## A scenario", "toml"))
    loaded = check({**shipped, **shown}, folder=ROOT / "scenarios", path="README.md")
    assert loaded.scenario.gateway[0].name == "wary"


def test_the_rules_in_the_readme_are_good_and_pass_their_tests() -> None:
    classifier = RuleClassifier(own.parse([RuleText("README.md", block("A format of our own", "toml"))], {}))
    assert len(classifier.rule_set.tests) == 3
    assert failures(classifier, classifier.rule_set.tests) == []


@pytest.mark.parametrize("file", re.findall(r"`((?:probe|fake_gateways|tests)/[\w/.]+)`", ARCHITECTURE))
def test_every_file_the_architecture_names_is_there(file: str) -> None:
    assert (ROOT / file).exists()


def test_every_library_that_is_installed_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[\[>=<; ]", line)[0] for line in project["dependencies"]}
    reasons = (ROOT / "docs" / "libraries.md").read_text("utf-8").lower()
    assert {name for name in names if name.lower() not in reasons} == set()


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    ],
)
def test_links_within_the_project_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / document).parent.joinpath(link).exists()] == []


def test_the_reference_is_what_the_code_says() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    written = {file.name: file.read_text("utf-8") for file in (ROOT / "docs" / "reference").iterdir()}
    assert written == generate.pages(), "run make docs"
