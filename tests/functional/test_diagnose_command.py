"""fivefifty diagnose finds out why a gateway of a scenario refuses a recipient."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fivefifty_command import fivefifty
from small_scenario import SCENARIO, bent, write

from probe.cli.exit_codes import Exit
from probe.ledger import Ledger

LISTED = bent(
    '{ address = "127.10.0.1" }',
    '{ address = "127.10.0.1", listed = [{ zone = "bl.example.net" }] }, { address = "127.10.0.2", share = 0.000001 }, '
    '{ address = "127.11.0.1", share = 0.000001 }',
    SCENARIO.replace('claims = { content = "user-unknown" }', 'claims = { ip-reputation = "user-unknown" }').replace(
        'type = "content"', 'type = "ip-reputation"\n  zones = ["bl.example.net"]\n  at = "rcpt"'
    ),
)
"""A gateway that refuses a listed address, as if no recipient existed."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, LISTED)
    return tmp_path


def recipient_of(folder: Path, cause: str | None) -> str:
    """Run the scenario, and return a recipient who got a decision for a cause."""
    run = fivefifty("run", "small.toml", "--transport", "memory", "--out", folder / "run", cwd=folder)
    assert run.returncode in {Exit.PASSED, Exit.GATE_FAILED}, run.stderr
    with Ledger.open(folder / "run") as ledger:
        return next(row.recipient for row in ledger.truths() if row.cause == cause and row.recipient)


def test_a_disguised_refusal_is_explained(folder: Path) -> None:
    recipient = recipient_of(folder, "ip-reputation")
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, cwd=folder)
    assert done.returncode in {Exit.GATE_FAILED, Exit.CLASSIFIER_FAILED}, done.stderr
    assert f"{recipient} was refused at RCPT" in done.stdout
    assert "ip-reputation" in done.stdout
    assert "The mailbox is alive" in done.stdout
    assert "Spent: " in done.stdout


def test_both_transports_find_the_same_with_the_same_dialogues(folder: Path) -> None:
    recipient = recipient_of(folder, "ip-reputation")
    found = []
    for transport in ("memory", "tcp"):
        asked = ("diagnose", "small.toml", "--recipient", recipient, "--transport", transport, "--json")
        found.append(json.loads(fivefifty(*asked, cwd=folder).stdout))
    assert found[0] == found[1]
    assert next(iter(found[0]["causes"])) == "ip-reputation"
    assert found[0]["mailbox"]["is_alive"] is True


@pytest.mark.parametrize(
    ("recipient", "sentence"),
    [
        ("nobody@elsewhere.example", "no gateway of the scenario takes mail for elsewhere.example"),
        ("nobody@acme.example", "is in no campaign"),
        ("nobody", "is not a valid address"),
    ],
)
def test_a_recipient_that_cannot_be_diagnosed_is_one_sentence(folder: Path, recipient: str, sentence: str) -> None:
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, cwd=folder)
    assert done.returncode == Exit.INPUT_WRONG
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_recipient_that_was_never_refused_is_one_sentence(folder: Path) -> None:
    write(folder, SCENARIO)
    recipient = recipient_of(folder, None)
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, cwd=folder)
    assert done.returncode == Exit.INPUT_WRONG
    assert "was never refused for good" in done.stderr


def test_few_experiments_cannot_tell(folder: Path) -> None:
    recipient = recipient_of(folder, "ip-reputation")
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, "--experiments", 1, cwd=folder)
    assert done.returncode == Exit.CLASSIFIER_FAILED
    assert "the budget is spent" in done.stdout
