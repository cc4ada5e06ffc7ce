"""Each registry is one table. What is added to it is used, and named by the help and the manual."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from rich.markup import render
from source_tree import SOURCES, imported_files

from fake_gateways import persona
from fake_gateways.policies import KINDS
from probe.classify.registry import OURS
from probe.classify.rules.formats import PARSERS
from probe.classify.rules.rule_set import OWN
from probe.classify.taxonomy import systems
from probe.cli.commands import COMMANDS, Command
from probe.intake.formats import FORMATS, MAILBOX
from probe.report import ci

MANUAL: Final = (Path(__file__).parents[1] / "docs" / "manual.md").read_text("utf-8")
NAMES: Final = {
    "policy": list(KINDS),
    "persona": list(persona.names()),
    "log format": [*FORMATS, MAILBOX],
    "report format": list(ci.FORMATS),
    "rule format": [f"{kind}:FILE" for kind in PARSERS],
    "classifier": list(OURS),
}
STARTED_FROM_OUTSIDE: Final = {"fivefifty/pytest_plugin.py", "fivefifty/__main__.py"} | {
    f"probe/cli/{command.module or command.name}.py" for command in COMMANDS
}
"""Files that no file imports: pytest loads its plugin, and the table of commands names their modules."""
OPTIONS: Final = (
    ("import", "source", NAMES["log format"]),
    ("check", "format_", NAMES["log format"]),
    ("check", "report", NAMES["report format"]),
    ("run", "report", NAMES["report format"]),
    *((f"rules {command}", "format_", list(PARSERS)) for command in ("lint", "test", "explain")),
)
"""Options whose help lists a registry: the command, the parameter, and the names."""


def test_every_file_is_imported_by_another_so_none_is_missing_in_its_registry() -> None:
    used = {target for file in SOURCES for target, _ in imported_files(file)}
    own = {file for file in SOURCES if not file.endswith("/__init__.py")}
    assert own - used - STARTED_FROM_OUTSIDE == set(), "enter it in the table of its folder's __init__.py"


@pytest.mark.parametrize(("what", "name"), [(what, name) for what, names in NAMES.items() for name in names])
def test_the_manual_names_everything_that_a_registry_has(what: str, name: str) -> None:
    assert f"`{name}`" in MANUAL, f"name this {what} in docs/manual.md"


@pytest.mark.parametrize("kind", sorted(set(PARSERS) - {OWN}))
def test_the_taxonomy_has_the_classes_of_every_rule_format(kind: str) -> None:
    assert kind in systems(), f"add [{kind}] to probe/classify/taxonomy.toml"


@pytest.mark.parametrize(("words", "parameter", "names"), OPTIONS)
def test_the_help_of_an_option_lists_its_registry_and_nothing_else(
    words: str, parameter: str, names: Iterable[str]
) -> None:
    name, *below = words.split()
    command: Any = next(each for each in COMMANDS if each.name == name).load()
    for each in below:
        command = command.commands[each]
    (option,) = (each for each in command.params if each.name == parameter)
    listed = re.search(r"([a-z-]+, )+[a-z-]+ or [a-z-]+", option.help)
    assert listed is not None
    assert set(re.split(", | or ", listed[0])) == set(names), f"correct the help of {option.opts[0]}"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_line_of_a_command_in_the_list_is_the_start_of_its_own_help(command: Command) -> None:
    first, _, _ = (command.load().help or "").partition("\n\n")
    assert " ".join(first.split()) == command.help


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_of_a_command_is_printed_as_it_is_written(command: Command) -> None:
    texts = list(_help_texts(command.load()))
    assert [text for text in texts if render(text).plain != text] == [], "rich reads these brackets as markup"


def _help_texts(command: Any) -> Iterator[str]:
    yield command.help or ""
    for parameter in command.params:
        yield from (getattr(parameter, "help", "") or "", str(parameter.metavar or ""))
    for below in getattr(command, "commands", {}).values():
        yield from _help_texts(below)
