"""What the documents say is so: commands, policies, personas and the output that README and manual show."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fivefifty_command import fivefifty

from fake_gateways.truth import Cause
from probe.classify.context.evidence import NAMES
from probe.classify.context.weights import shipped
from probe.classify.external.protocol import Answer
from probe.classify.reading import Reading
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.formats import own
from probe.classify.rules.rule_set import RuleText
from probe.classify.rules.rule_tests import failures
from probe.input_error import InputError
from probe.scenario.load import check
from probe.studies.suppression.policies import PastMessage

ROOT = Path(__file__).parent.parent
README = "".join((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/manual.md"))
LIBRARIES = (ROOT / "docs" / "libraries.md").read_text("utf-8")
CONTEXT = (ROOT / "docs" / "context.md").read_text("utf-8")
DOCUMENTS = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
]
FLAGSHIP = "runs/dont-blame-the-messenger"


def block(after: str, language: str, text: str = README) -> str:
    """Return the first fenced block of a language behind some words of a text."""
    _, _, rest = text.partition(after)
    found = re.search(rf"```{language}\n(.*?)```", rest, re.DOTALL)
    assert found is not None, after
    return found[1]


class Demo(NamedTuple):
    """What ``make demo`` leaves: the folder of the run, and what it printed."""

    folder: Path
    printed: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "run"
    done = fivefifty("run", ROOT / "scenarios" / "dont_blame_the_messenger.toml", "--out", folder)
    return Demo(folder, done.stdout.replace(str(folder), FLAGSHIP))


def test_the_readme_shows_what_the_demo_prints(demo: Demo) -> None:
    assert demo.printed.splitlines() == block("output of: fivefifty run", "text").splitlines()


def test_the_page_on_context_shows_what_explain_prints(demo: Demo) -> None:
    command = f"fivefifty explain {FLAGSHIP} --recipient eva.tanaka@maple-health.example"
    assert command in CONTEXT
    printed = fivefifty("explain", demo.folder, *command.split()[3:]).stdout
    shown = re.findall(r"<!-- output of: fivefifty explain -->\n```text\n(.*?)```", CONTEXT, re.DOTALL)
    assert len(shown) == 2
    for line in "".join(shown).splitlines():
        assert f"\n{line}" in printed


def test_the_page_on_context_has_every_question_that_weighs_something() -> None:
    weighing = {name for name, weight in zip(NAMES, shipped().first.weights, strict=True) if weight}
    assert set(re.findall(r"^\| .+\? (?:\(.+\) )?\| `(\w+)` \|$", CONTEXT, re.MULTILINE)) == weighing


def test_the_guide_shows_what_suppression_prints(tmp_path: Path) -> None:
    fivefifty("run", ROOT / "scenarios" / "which_policy.toml", "--transport", "memory", "--out", tmp_path / "run")
    done = fivefifty("suppression", tmp_path / "run")
    guide = (ROOT / "docs" / "which-suppression-policy.md").read_text("utf-8")
    shown = block("output of: fivefifty suppression", "text", guide)
    assert [line.rstrip() for line in done.stdout.splitlines()] == shown.splitlines()


def test_the_readme_shows_what_a_sweep_prints() -> None:
    varied = ("--vary", "gateway.listening.lies=0:0.2:0.05", "--vary", "seed=1..3", "--classifier", "code")
    assert f"fivefifty sweep listing_lifted {' '.join(varied)}" in README
    done = fivefifty("sweep", ROOT / "scenarios" / "listing_lifted.toml", *varied)
    shown = block("output of: fivefifty sweep", "text")
    assert [line.rstrip() for line in done.stdout.rstrip().splitlines()] == shown.splitlines()


def test_the_policy_in_the_readme_is_one() -> None:
    given: dict[str, Any] = {}
    exec(block("takes one of your own", "python"), given)
    hard = PastMessage("news", 0.0, bounced=True, reading=Reading(Cause.USER_UNKNOWN))
    assert [given["my_policy"]((hard,) * count, 1.0) for count in (0, 1, 2)] == [False, False, True]


COMMANDS = re.findall(
    r"^## `fivefifty ([a-z]+)", (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8"), re.MULTILINE
)


def test_the_readme_names_every_command_in_few_lines() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme[readme.index("## Commands") :]
    assert set(COMMANDS) - set(re.findall(r"`(?:fivefifty )?([a-z]+)[ `]", table)) == set()
    assert len(readme.splitlines()) < 165


def test_what_documents_and_messages_tell_to_install_exists() -> None:
    # No index has fivefifty. An extra adds to what is installed already, wherever that came from.
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    told = [
        told
        for pattern in ("README.md", "docs/*.md", "probe/**/*.py", "probe/starter_kit/files/*.yml", "scenarios/**/*")
        for path in ROOT.glob(pattern)
        if path.is_file()
        for told in re.findall(r"pip install (\S+)", path.read_text("utf-8"))
        if "fivefifty" in told.lower()
    ]
    allowed = re.compile(rf"""["'`]*(\$FIVEFIFTY|\$\{{FIVEFIFTY:\?says|fivefifty\[({"|".join(extras)})\]').*""")
    assert len(told) > 10
    assert [each for each in told if not allowed.fullmatch(each)] == []


def test_the_answers_in_the_readme_are_answers() -> None:
    for line in block("## Your classifier", "json").splitlines():
        Answer.model_validate_json(line, strict=True)


def test_the_gateway_in_the_readme_is_part_of_a_scenario_that_is_good() -> None:
    shipped = tomllib.loads((ROOT / "scenarios" / "control.toml").read_text("utf-8"))
    shown = tomllib.loads(block("## A scenario", "toml"))
    loaded = check({**shipped, **shown}, folder=ROOT / "scenarios", path="README.md")
    assert loaded.scenario.gateway[0].name == "wary"


def test_the_rules_in_the_readme_are_good_and_pass_their_tests() -> None:
    classifier = RuleClassifier(own.parse([RuleText("README.md", block("A format of our own", "toml"))], {}))
    assert len(classifier.rule_set.tests) == 3
    assert failures(classifier, classifier.rule_set.tests) == []


def test_every_library_that_is_installed_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[\[>=<; ]", line)[0] for line in project["dependencies"]}
    assert {name for name in names if name.lower() not in LIBRARIES.lower()} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_a_document_names_is_there(document: str) -> None:
    named = re.findall(r"`((?:probe|fake_gateways|tests|tools|benchmarks)/[\w/.]+)`", text_of(ROOT / document))
    assert [file for file in named if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_within_the_project_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text_of(path)) if "://" not in link]
    assert [link for link in links if not leads_somewhere(path, link)] == []


def text_of(path: Path) -> str:
    """Return a document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def leads_somewhere(path: Path, link: str) -> bool:
    """Return whether the target of a relative link exists, and the heading that its anchor names."""
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    return target.exists() and (not anchor or anchor in anchors(text_of(target)))


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to headings: lower case, spaces as hyphens, other punctuation dropped."""
    headings = re.findall(r"^#{1,6} (.+?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_a_link_to_a_heading_that_is_not_there_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# The classifier `context`\n\n## What's new?\n", "utf-8")
    (tmp_path / "start.md").write_text("## Here\n", "utf-8")
    found = ["page.md#the-classifier-context", "page.md#whats-new", "#here", "page.md", "."]
    missing = ["page.md#here", "other.md", "#there"]
    assert [link for link in (*found, *missing) if leads_somewhere(tmp_path / "start.md", link)] == found


def generator() -> Any:
    """Return the module that writes the reference."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    return generate


def test_a_persona_that_is_not_valid_is_named_when_the_reference_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate = generator()
    monkeypatch.setattr(generate, "PERSONAS", tmp_path)
    (tmp_path / f"{generate.persona.names()[0]}.toml").write_text("name = 1", "utf-8")
    with pytest.raises(InputError, match=r"barracuda-esg\.toml: title: is missing; add it"):
        generate.pages()


@pytest.mark.parametrize("document", ["README.md", "docs/diagnose.md"])
def test_the_figures_of_diagnose_are_those_that_were_measured(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    assert "<!-- end -->" in text
    assert text == generator().with_figures(text), "run make docs"


def test_the_reference_is_what_the_code_says() -> None:
    generate = generator()
    written = {file.name: file.read_text("utf-8") for file in (ROOT / "docs" / "reference").iterdir()}
    assert written == generate.pages(), "run make docs"
