"""fivefifty diagnose finds out why a gateway of a scenario refuses a recipient."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from diagnosed import gone, listed, undecided, waited
from fivefifty_command import apart, fivefifty
from json_schema import faults
from small_scenario import SCENARIO, bent, write

from probe.cli.diagnosis_output import exit_of
from probe.cli.exit_codes import Exit
from probe.diagnose.document import schema
from probe.diagnose.reached import Reached, Unreached
from probe.ledger import Ledger

TOLD = {Exit.PASSED, Exit.REASON_FOUND, Exit.CANNOT_TELL}
ROOT = Path(__file__).parents[2]
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
    assert done.returncode in TOLD, done.stderr
    assert f"{recipient} was refused at RCPT" in done.stdout
    assert "ip-reputation" in done.stdout
    assert "The mailbox " in "".join(done.stdout.splitlines(keepends=True)[:3])
    assert "Spent: " in done.stdout


def test_both_transports_find_the_same_with_the_same_dialogues(folder: Path) -> None:
    recipient = recipient_of(folder, "ip-reputation")
    found = []
    for transport in ("memory", "tcp"):
        asked = ("diagnose", "small.toml", "--recipient", recipient, "--transport", transport, "--json")
        found.append(json.loads(fivefifty(*asked, cwd=folder).stdout))
    assert found[0] == found[1]
    assert next(iter(found[0]["causes"])) == "ip-reputation"
    assert found[0]["mailbox"]["alive"] > 0.7


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
    assert done.returncode in {Exit.PASSED, Exit.CANNOT_TELL}
    assert "the budget is spent" in done.stdout


def test_what_a_gateway_says_is_no_markup(folder: Path) -> None:
    persona = (ROOT / "fake_gateways/personas/proofpoint.toml").read_text("utf-8")
    (folder / "hostile.toml").write_text(persona.replace("User Unknown", "User Unknown [red] [/foo]"), "utf-8")
    write(folder, LISTED.replace('persona = "proofpoint"', 'persona = "hostile.toml"'))
    recipient = recipient_of(folder, "ip-reputation")
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, cwd=folder)
    assert done.returncode in TOLD, done.stderr
    assert "[red] [/foo]" in done.stdout


def test_a_domain_without_a_mail_server_is_one_sentence(folder: Path) -> None:
    nowhere = '\n[[dns]]\nname = "acme.example"\ntype = "MX"\nvalue = "0 ."\n'
    write(folder, bent('domains = ["acme.example"]', 'domains = ["acme.example"]\nhas_mx = false') + nowhere)
    fivefifty("run", "small.toml", "--transport", "memory", "--out", "run", cwd=folder)
    with Ledger.open(folder / "run") as ledger:
        recipient = next(row.recipient for row in ledger.attempts())
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, cwd=folder)
    assert done.returncode == Exit.INPUT_WRONG
    assert "has no mail server" in done.stderr
    assert done.stderr.count("\n") == 1


def test_real_time_and_real_servers_are_refused(folder: Path) -> None:
    write(folder, bent("seed = 7", 'seed = 7\nclock = "wall"'))
    done = fivefifty("diagnose", "small.toml", "--recipient", "ann@acme.example", cwd=folder)
    assert done.returncode == Exit.INPUT_WRONG
    assert "simulated gateways only" in done.stderr


def test_the_refusal_is_shown_with_its_dialogue(folder: Path) -> None:
    recipient = recipient_of(folder, "ip-reputation")
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, "--json", cwd=folder)
    dialogue = json.loads(done.stdout)["refusal"]["dialogue"]
    assert f"> RCPT TO:<{recipient}>" in dialogue
    assert any(line.startswith("< 550") for line in dialogue)


def test_the_printed_document_fits_the_schema(folder: Path) -> None:
    recipient = recipient_of(folder, "ip-reputation")
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, "--json", cwd=folder)
    document = json.loads(done.stdout)
    assert list(faults(document, schema(), schema())) == []
    assert {each["source"] for each in document["experiments"]} <= {"127.10.0.1", "127.10.0.2", "127.11.0.1"}
    assert document["refusal"]["recipient"] == recipient


def test_the_exit_code_says_what_was_found() -> None:
    assert exit_of(waited()) == Exit.PASSED
    assert exit_of(Reached("ann@acme.example", waited().first)) == Exit.PASSED
    assert exit_of(Unreached("ann@acme.example", waited().first)) == Exit.CANNOT_TELL
    assert exit_of(listed()) == Exit.REASON_FOUND
    assert exit_of(gone()) == Exit.REASON_FOUND
    assert exit_of(undecided()) == Exit.CANNOT_TELL


def test_a_letter_is_printed_alone_and_a_page_is_written_beside_it(folder: Path) -> None:
    recipient = recipient_of(folder, "ip-reputation")
    asked = ("diagnose", "small.toml", "--recipient", recipient, "--letter", "de", "--html", "page.html")
    done = fivefifty(*asked, cwd=folder)
    assert done.returncode in TOLD, done.stderr
    assert done.stdout.startswith("Betreff: ")
    assert done.stdout.endswith("Mit freundlichen Grüßen\n")
    assert recipient in (folder / "page.html").read_text("utf-8")


def test_for_a_mailbox_that_is_gone_no_letter_is_printed(folder: Path) -> None:
    write(folder, bent('persona = "proofpoint"', 'persona = "postfix"'))
    recipient = recipient_of(folder, "user-unknown")
    done = fivefifty("diagnose", "small.toml", "--recipient", recipient, "--letter", "en", cwd=folder)
    if not done.stdout:
        assert "fivefifty: note: there is no letter" in done.stderr
    else:
        assert "this mailbox exists" in done.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--letter", "en", "--json"), "--letter: cannot be printed together with --json; give one of them"),
        (("--letter", "it"), "'it' is not one of 'en', 'de', 'fr'"),
        (("--html", "nowhere/page.html"), "--html nowhere/page.html: cannot be written"),
    ],
)
def test_a_form_that_cannot_be_is_one_sentence_before_anything_is_sent(
    folder: Path, options: tuple[str, ...], sentence: str
) -> None:
    done = fivefifty("diagnose", "small.toml", "--recipient", "nobody@elsewhere.example", *options, cwd=folder)
    assert done.returncode == Exit.INPUT_WRONG
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_letter_with_umlauts_can_be_printed_where_there_are_none(folder: Path) -> None:
    recipient = recipient_of(folder, "ip-reputation")
    asked = ("diagnose", folder / "small.toml", "--recipient", recipient, "--letter", "de")
    done = apart(*asked, environ={"PYTHONIOENCODING": "ascii"})
    assert done.returncode in TOLD, done.stderr
    assert "Mit freundlichen Gr\\xfc\\xdfen" in done.stdout
