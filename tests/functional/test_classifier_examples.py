"""The classifiers of ``scenarios/classifiers``: each reads twelve recipients with known answers (test_twelve.py)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from probe.classify import Advice
from probe.classify.registry import choose
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.ledger import Ledger
from probe.records.rows import Classification
from probe.scenario.load import load

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ROOT / "scenarios" / "classifiers"
TWELVE: Final = ROOT / "tests" / "scenarios" / "twelve.toml"
REFUSED: Final = {"bob", "dora", "eve", "fay", "gus", "hal", "ida", "lea"}
"""The recipients refused with 550. Cara gets 452 until the sender gives up."""


def can_run(*command: str) -> bool:
    """Whether a command succeeds here."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


def suppressed(spec: str, tmp_path: Path) -> set[str]:
    """Let an example read the twelve; return the local parts of those it would suppress."""
    return {row.recipient.partition("@")[0] for row in read(spec, tmp_path) if row.advice == Advice.SUPPRESS}


def read(spec: str, tmp_path: Path) -> list[Classification]:
    """Return all that an example says of the twelve."""
    options = Options(
        transport="memory", out=tmp_path / "run", classifiers=choose([f"example={spec}"], folder=EXAMPLES)
    )
    run_scenario(prepare(load(TWELVE)), options)
    with Ledger(tmp_path / "run" / "ledger.sqlite") as ledger:
        found = [row for row in ledger.classifications() if row.classifier == "example"]
    assert len(found) == 12
    return found


def test_flufl_bounce_suppresses_every_failed_recipient_and_the_full_mailbox(tmp_path: Path) -> None:
    # A report of a message that was given up says failed as well; why is not told apart.
    assert suppressed(f"program:{sys.executable} flufl_bounce.py", tmp_path) == {*REFUSED, "cara"}


@pytest.mark.skipif(not can_run("perl", "-MJSON::PP", "-e", "1"), reason="perl is not installed")
def test_words_in_perl_believes_every_text_about_an_unknown_user(tmp_path: Path) -> None:
    assert suppressed("program:perl words.pl", tmp_path) == {"eve", "fay", "gus", "lea"}


@pytest.mark.skipif(not can_run("node", "--version"), reason="node is not installed")
def test_rules_in_node_speak_of_zone_mtas_categories(tmp_path: Path) -> None:
    assert suppressed("program:node zone_mta.mjs", tmp_path) == {*REFUSED} - {"hal", "ida"}


def test_a_shell_believes_the_code(tmp_path: Path) -> None:
    assert suppressed("program:sh by_code.sh", tmp_path) == REFUSED


def test_a_module_doubts_a_gateway_that_tells_most_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    # All three at the liar and both at the wary gateway are told the same; so are two of the four at the plain one.
    assert suppressed("python:same_words:SameWords", tmp_path) == {"bob", "dora", "lea"}


@pytest.mark.skipif(not can_run("perl", "-MJSON::PP", "-MSisimai", "-e", "1"), reason="Sisimai is not installed")
def test_sisimai_gives_reasons_that_are_known(tmp_path: Path) -> None:
    said = {row.recipient.partition("@")[0]: row.cause for row in read("program:perl sisimai.pl", tmp_path)}
    assert {said[name] for name in ("eve", "fay", "gus", "lea")} == {"user-unknown"}
    assert said["cara"] == "mailbox-full"
    assert said["ann"] is None


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Start the endpoint and return its address."""
    command = [sys.executable, str(EXAMPLES / "endpoint.py"), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


def test_an_endpoint_believes_the_code(endpoint: str, tmp_path: Path) -> None:
    assert suppressed(endpoint, tmp_path) == REFUSED


@pytest.mark.parametrize("example", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_example_states_its_command_and_is_tested_here(example: Path) -> None:
    assert "fivefifty run " in example.read_text("utf-8")
    assert example.name in Path(__file__).read_text("utf-8") or example.stem in {"same_words", "endpoint"}


def test_the_request_begins_in_the_form_that_the_shell_example_expects() -> None:
    # The order of keys is part of what is promised to those without a reader of JSON.
    schema = subprocess.run(
        [Path(sys.executable).with_name("fivefifty"), "classifiers", "schema"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    keys = list(json.loads(schema.stdout)["$defs"]["Request"]["properties"])
    assert keys[:5] == ["schema", "campaign", "recipient", "bounced", "heard"]
