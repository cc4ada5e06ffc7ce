"""How the command starts: it imports what it needs, says its version, completes words, and runs as a module."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from deadline import DEADLINE_S
from fivefifty_command import COMMAND, PASSED, apart, environment

from probe.classify.registry import BASELINES
from probe.classify.rules.formats import PARSERS
from probe.cli.commands import COMMANDS
from probe.intake.formats import FORMATS, MAILBOX
from probe.report.ci import FORMATS as REPORTS
from probe.studies.suppression.policies import POLICIES
from probe.studies.sweep.break_points import FIGURES

HEAVY = (
    *("aiosmtpd", "aiosmtplib", "altair", "asyncio", "cryptography", "dkim", "dns", "flufl", "httpx"),
    *("jinja2", "multiprocessing", "pydantic", "re2", "spf", "sqlite3", "tomlkit", "trustme", "uvloop"),
)
"""Modules that a list of commands, a version or a completion has no use for."""


def imported(*arguments: object, environ: dict[str, str] | None = None) -> set[str]:
    """Return the modules that a run of the command imports, checked to pass."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "fivefifty", *map(str, arguments)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=environment() | (environ or {}),
        timeout=DEADLINE_S,
    )
    assert done.returncode == PASSED, done.stderr
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def roots(modules: set[str]) -> set[str]:
    """Return the packages that modules are in."""
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("words", [["--help"], ["--version"], *([each.name, "--help"] for each in COMMANDS)])
def test_help_and_version_import_nothing_that_commands_work_with(words: list[str]) -> None:
    assert roots(imported(*words)) & set(HEAVY) == set()


def test_the_list_of_commands_imports_no_command() -> None:
    modules = {name for name in imported("--help") if name.startswith("probe.cli.")}
    assert modules == {"probe.cli.commands", "probe.cli.exit_codes"}


def test_a_completed_option_imports_nothing_that_the_command_works_with() -> None:
    completing = {"_FIVEFIFTY_COMPLETE": "complete_bash", "COMP_WORDS": "fivefifty run --tr", "COMP_CWORD": "2"}
    assert roots(imported(environ=completing)) & set(HEAVY) == {"pydantic"}  # by which typer reads values


def test_personas_are_listed_without_the_policies_they_name() -> None:
    modules = imported("personas")
    assert not {"fake_gateways.persona", "fake_gateways.policies"} & modules
    assert roots(modules) & set(HEAVY) == set()


def test_a_reply_is_explained_without_personas_and_books(tmp_path: Path) -> None:
    rules = tmp_path / "own.toml"
    rules.write_text('[[rule]]\npattern = "unknown"\nclass = "user-unknown"\n', "utf-8")
    modules = imported("rules", "explain", rules, "550 5.1.1 User unknown")
    assert not {"fake_gateways.persona", "probe.ledger", "probe.lab"} & modules
    assert not {"sqlite3", "dns", "cryptography", "asyncio", "uvloop"} & roots(modules)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_the_list_says_of_a_command_what_the_command_says_first(command: object) -> None:
    assert isinstance(command, type(COMMANDS[0]))
    first = inspect.cleandoc(command.load().help).partition("\n\n")[0]
    assert " ".join(first.split()) == command.help


@pytest.mark.parametrize(
    ("command", "option", "names"),
    [
        ("check", "report", REPORTS),
        ("check", "format_", [*FORMATS, MAILBOX]),
        ("import", "source", [*FORMATS, MAILBOX]),
        ("suppression", "policy", POLICIES),
        ("sweep", "bound", FIGURES),
        ("sweep", "classifier", BASELINES.keys() - {"always-keep"}),
    ],
)
def test_the_names_in_the_help_are_those_there_are(command: str, option: str, names: list[str]) -> None:
    (loaded,) = (each.load() for each in COMMANDS if each.name == command)
    (parameter,) = (each for each in loaded.params if each.name == option)
    assert [name for name in names if name not in parameter.help] == []


def test_the_formats_of_rules_in_the_help_are_those_there_are() -> None:
    (rules,) = (each.load() for each in COMMANDS if each.name == "rules")
    (parameter,) = (each for each in rules.commands["lint"].params if each.name == "format_")
    assert [name for name in PARSERS if name not in parameter.help] == []


def test_the_version_is_that_of_the_package() -> None:
    done = apart("--version")
    assert (done.returncode, done.stdout, done.stderr) == (PASSED, f"fivefifty {metadata.version('fivefifty')}\n", "")


@pytest.mark.parametrize("words", [["--help"], ["run"], ["run", "--help"], ["personas"], ["--version"]], ids=" ".join)
def test_the_module_does_what_the_command_does(words: list[str]) -> None:
    command, module = (
        subprocess.run(
            [*start, *words], check=False, capture_output=True, env=environment(), timeout=DEADLINE_S, encoding="utf-8"
        )
        for start in ([COMMAND], [sys.executable, "-m", "fivefifty"])
    )
    assert (module.returncode, module.stdout, module.stderr) == (command.returncode, command.stdout, command.stderr)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["fivefifty", "ru"], ["run", "rules"]),
        (["fivefifty", "run", "--tr"], ["--transport", "--transcripts"]),
        (["fivefifty", "run", "--transport", ""], ["tcp", "memory"]),
        (["fivefifty", "rules", ""], ["lint", "test", "explain"]),
        (["fivefifty", "--v"], ["--version"]),
    ],
    ids=" ".join,
)
def test_bash_completes_commands_options_and_values(words: list[str], offered: list[str]) -> None:
    script = (
        f'eval "$(fivefifty --show-completion)"; COMP_WORDS=({" ".join(repr(word) for word in words)}); '
        f"COMP_CWORD={len(words) - 1}; _fivefifty_completion fivefifty; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(
        ["bash", "-c", script],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env=environment() | {"PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}"},
        timeout=DEADLINE_S,
    )
    assert done.stdout.split() == offered
