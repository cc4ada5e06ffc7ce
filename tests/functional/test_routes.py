"""Mail follows aliases and wildcards of the DNS to the gateway that listens there (RFC 5321 section 5.1)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fivefifty_command import fivefifty
from small_scenario import bent, write

from probe.ledger import Ledger

LIST = "email\nann@acme.example\nbob@second.example\n"
HOST = "mx.acme-example.example."


def record(name: str, kind: str, value: str) -> str:
    return f'\n[[dns]]\nname = "{name}"\ntype = "{kind}"\nvalue = "{value}"\n'


def scenario(folder: Path, domains: str, *records: str, more: str = "") -> Path:
    text = bent("{ count = 10 }", '{ seed_list = "list.csv" }')
    text = bent('persona = "proofpoint"', 'persona = "postfix"', text)
    text = bent('domains = ["acme.example"]', f"domains = {domains}\n{more}", text)
    (folder / "list.csv").write_text(LIST, "utf-8")
    return write(folder, text + "".join(records))


BOTH = '["acme.example", "second.example"]'


@pytest.mark.parametrize("transport", ["memory", "tcp"])
@pytest.mark.parametrize(
    ("domains", "records", "more"),
    [
        (BOTH, [record("acme.example", "MX", "1 mail.acme.example."), record("mail.acme.example", "CNAME", HOST)], ""),
        (BOTH, [record("second.example", "CNAME", "acme.example.")], ""),
        (BOTH, [record("second.example", "CNAME", "acme.example.")], "has_mx = false"),
        (BOTH, [], "has_mx = false"),
        (BOTH, [record("*.hosts.example", "CNAME", HOST), record("second.example", "MX", "5 any.hosts.example.")], ""),
    ],
)
def test_mail_is_delivered_behind_an_alias(
    transport: str, domains: str, records: list[str], more: str, tmp_path: Path
) -> None:
    path = scenario(tmp_path, domains, *records, more=more)
    assert fivefifty("scenario", "check", path).returncode == 0
    ran = fivefifty("run", path, "--out", tmp_path / "out", "--transport", transport)
    assert ran.returncode == 0, ran.stderr
    with Ledger.open(tmp_path / "out") as books:
        assert {row.code for row in books.attempts()} == {250}


def test_a_domain_below_a_wildcard_leads_to_the_gateway_which_says_whether_it_takes_it(tmp_path: Path) -> None:
    path = scenario(tmp_path, '["acme.example"]', record("*.example", "MX", f"10 {HOST}"))
    checked = fivefifty("scenario", "check", path)
    assert (
        checked.returncode,
        "mail for second.example goes to gateway acme, which does not take it" in checked.stdout,
    ) == (
        0,
        True,
    )
    assert fivefifty("run", path, "--out", tmp_path / "out", "--transport", "memory").returncode == 0
    with Ledger.open(tmp_path / "out") as books:
        assert {row.recipient: row.code for row in books.attempts()} == {
            "ann@acme.example": 250,
            "bob@second.example": 554,
        }


def test_an_exchanger_that_is_an_alias_is_told_by_the_check(tmp_path: Path) -> None:
    records = record("acme.example", "MX", "1 mail.acme.example."), record("mail.acme.example", "CNAME", HOST)
    checked = fivefifty("scenario", "check", scenario(tmp_path, BOTH, *records))
    assert "the MX of acme.example names mail.acme.example, an alias of mx.acme-example.example" in checked.stdout


def test_an_exchanger_whose_alias_ends_nowhere_is_a_mistake(tmp_path: Path) -> None:
    records = (
        record("acme.example", "MX", "1 mail.acme.example."),
        record("mail.acme.example", "CNAME", "gone.example."),
    )
    checked = fivefifty("scenario", "check", scenario(tmp_path, BOTH, *records))
    assert (checked.returncode, "to mail.acme.example, which has no address" in checked.stderr) == (2, True)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("value", ["0 .", f"10 {HOST}"])
def test_mailboxes_get_mail_whose_domain_does_not_lead_to_their_own_gateway(
    value: str, workers: int, tmp_path: Path
) -> None:
    away = (
        '\n[[gateway]]\nname = "away"\npersona = "postfix"\ndomains = ["away.example", "second.example"]\n'
        "mailboxes = { count = 20, departed = 0.5 }\n"
    )
    text = bent('persona = "proofpoint"', 'persona = "postfix"', bent("{ count = 10 }", "{ count = 40 }"))
    path = write(tmp_path, text + away + record("away.example", "MX", value))
    ran = fivefifty(
        "run", path, "--out", tmp_path / "out", "--transport", "memory", "--workers", workers, "--classifier", "code"
    )
    assert ran.returncode == 0, ran.stderr
    card = json.loads((tmp_path / "out" / "scorecard.json").read_text("utf-8"))
    assert (card["recipients"], card["truth"]["gone"], card["truth"]["alive"]) == (40, 12, 28)
