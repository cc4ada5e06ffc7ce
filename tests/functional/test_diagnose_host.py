"""fivefifty diagnose HOST against gateways of fivefifty serve, and at names that a nameserver gives."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from asking_hosts import SPAM, US, WHO, allow_list
from fivefifty_command import complaint, fivefifty, free_port
from json_schema import faults
from serve_process import Serving, serving

from fake_gateways.untrusted.toml_text import parse_toml
from probe.cli.exit_codes import Exit
from probe.diagnose.document import schema
from probe.diagnose.host.allow_list import AllowedHost, checked
from probe.diagnose.host.host_name import Host
from probe.diagnose.host.open_route import exchangers_of

ROOT = Path(__file__).parents[2]
ROSTER, WARY, STRICT = "127.1.0.1", "127.1.0.2", "127.1.0.3"
GREYLISTING = """\
schema = 1
name = "grey"
title = "A greylist"
seed = 1
starts = 2026-03-02T08:00:00Z

[[gateway]]
name = "grey"
persona = "postfix"
domains = ["grey.example"]
mailbox = [{ address = "ann@grey.example" }]

  [[gateway.policy]]
  type = "greylisting"

[[dns]]
name = "many.example"
type = "A"
value = "224.0.0.1"

[[dns]]
name = "null.example"
type = "MX"
value = "0 ."

[[dns]]
name = "twin.example"
type = "MX"
value = "10 a.twin.example"

[[dns]]
name = "twin.example"
type = "MX"
value = "20 b.twin.example"

[[dns]]
name = "a.twin.example"
type = "A"
value = "127.1.0.1"

[[dns]]
name = "a.twin.example"
type = "AAAA"
value = "::1"

[[dns]]
name = "b.twin.example"
type = "AAAA"
value = "::ffff:127.1.0.1"
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("served")
    with serving(ROOT / "tests/foreign/serve.toml", folder / "books") as found:
        yield found


def found_at(served: Serving, address: str, *more: object) -> tuple[int, dict[str, Any]]:
    """Diagnose at a served gateway; return exit code and document."""
    done = fivefifty("diagnose", f"{address}:{served.port}", *US, *more, "--json")
    assert done.stderr == "" or done.stderr.startswith("fivefifty: note: "), done
    document = json.loads(done.stdout)
    assert list(faults(document, schema(), schema())) == []
    return done.returncode, document


def test_a_recipient_that_is_accepted_is_reachable(served: Serving) -> None:
    code, found = found_at(served, ROSTER, "--recipient", "present@roster.example")
    assert (code, found["reachable"], found["accepted"]["stage"]) == (Exit.PASSED, True, "rcpt")
    said = fivefifty("diagnose", f"{ROSTER}:{served.port}", *US, "--recipient", "present@roster.example")
    assert "present@roster.example is reachable" in said.stdout


def test_for_a_recipient_that_is_accepted_there_is_a_page_and_no_letter(served: Serving, tmp_path: Path) -> None:
    who = (*US, "--recipient", "present@roster.example", "--letter", "fr", "--html", tmp_path / "page.html")
    done = fivefifty("diagnose", f"{ROSTER}:{served.port}", *who)
    assert (done.returncode, done.stdout) == (Exit.PASSED, "")
    assert done.stderr == "fivefifty: note: there is no letter, because nothing was refused\n"
    assert "present@roster.example is reachable" in (tmp_path / "page.html").read_text("utf-8")


def test_a_mailbox_that_is_gone_is_found(served: Serving) -> None:
    who = ("--recipient", "departed@roster.example", "--control", "present@roster.example")
    code, found = found_at(served, ROSTER, *who)
    assert code in {Exit.REASON_FOUND, Exit.CANNOT_TELL}
    assert found["mailbox"]["alive"] < 0.05
    assert next(iter(found["causes"])) == "user-unknown"


def test_a_listed_address_that_is_told_as_an_unknown_user_leaves_the_mailbox_alive(served: Serving) -> None:
    who = ("--recipient", "listed@wary.example", "--control", "reader@wary.example")
    others = ("--source", "127.10.0.1", "--source", "127.20.0.1")
    done = fivefifty("diagnose", f"{WARY}:{served.port}", *US[:4], "--source", "127.10.0.2", *others, *who, "--json")
    found = json.loads(done.stdout)
    assert "550" in found["refusal"]["reply"]
    assert found["mailbox"]["alive"] > 0.95
    assert "ip-reputation" in found["causes"]
    assert "user-unknown" not in found["causes"]


def test_content_that_is_disliked_is_found_with_the_message(served: Serving, tmp_path: Path) -> None:
    (tmp_path / "spam.eml").write_text(SPAM, "utf-8")
    who = ("--recipient", "lottery@strict.example", "--control", "reader@strict.example")
    code, found = found_at(served, STRICT, *who, "--message", tmp_path / "spam.eml")
    assert code in {Exit.PASSED, Exit.REASON_FOUND, Exit.CANNOT_TELL}
    assert "content" in found["causes"]
    assert not {"user-unknown", "mailbox-disabled"} & set(found["causes"])
    assert found["refusal"]["stage"] == "end-of-data"
    assert found["mailbox"]["alive"] > 0.95
    code, found = found_at(served, STRICT, *who)
    assert (code, found["accepted"]["stage"]) == (Exit.PASSED, "rcpt")


def test_a_message_of_any_octets_is_sent_as_it_is(served: Serving, tmp_path: Path) -> None:
    (tmp_path / "odd.eml").write_bytes(b"Subject: \xff\xfe\n\n" + bytes(range(256)) * 40)
    who = ("--recipient", "lottery@strict.example", "--control", "reader@strict.example")
    code, found = found_at(served, STRICT, *who, "--message", tmp_path / "odd.eml")
    assert (code, found["reachable"], found["accepted"]["stage"]) == (Exit.PASSED, True, "end-of-data")


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("grey")
    (folder / "grey.toml").write_text(GREYLISTING, "utf-8")
    with serving(folder / "grey.toml", folder / "books", options=["--speed", "10000"]) as found:
        yield found


def test_a_greylist_is_waited_out_on_the_clock(grey: Serving) -> None:
    code, found = found_at(grey, ROSTER, "--recipient", "ann@grey.example", "--for", "500ms")
    assert (code, found["reachable"]) == (Exit.PASSED, True)
    assert found["deferred"]["reply"].startswith("4")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("many.example", "its addresses are of no host"),
        ("null.example", "the domain takes no mail (null MX)"),
        ("no.example", "the domain has neither exchanger nor address"),
    ],
)
def test_a_name_without_a_mail_server_is_one_sentence(grey: Serving, tmp_path: Path, name: str, why: str) -> None:
    allow = allow_list(tmp_path, name, f'nameserver = "127.0.0.1:{grey.dns_port}"')
    sentence = complaint(fivefifty("diagnose", name, *WHO, "--allow", allow, "--state", tmp_path / "state.sqlite"))
    assert f"{name}: has no mail server ({why})" in sentence


def test_a_server_with_several_names_is_asked_under_the_first(grey: Serving) -> None:
    found = asyncio.run(exchangers_of(Host("twin.example"), ("127.0.0.1", grey.dns_port)))
    assert list(found) == [("a.twin.example", "127.1.0.1"), ("a.twin.example", "::1")]


def test_the_allow_list_of_the_manual_is_valid() -> None:
    manual = (ROOT / "docs/manual.md").read_text("utf-8")
    (text,) = (block for block in re.findall(r"```toml\n(.*?)```", manual, re.DOTALL) if "\n[[host]]" in block)
    (host,) = checked(parse_toml(text), "manual.md").host
    assert AllowedHost(**host.model_dump(include={"name", "recipients", "purpose", "expires"})) == host


def test_a_domain_of_an_allow_list_is_asked_at_its_exchangers(served: Serving, tmp_path: Path) -> None:
    allow = allow_list(tmp_path, "roster.example", f'nameserver = "127.0.0.1:{served.dns_port}"')
    state = tmp_path / "state.sqlite"
    who = ("--recipient", "present@roster.example", "--allow", allow, "--state", state)
    done = fivefifty("diagnose", f"roster.example:{served.port}", *who)
    assert done.returncode == Exit.PASSED, done
    with closing(sqlite3.connect(state)) as rows:
        assert rows.execute("SELECT provider, network, host FROM dialogue").fetchall() == [
            ("iphmx.com", "127.1.0.0/24", "roster.example")
        ]


def test_a_nameserver_that_does_not_answer_is_no_verdict(tmp_path: Path) -> None:
    allow = allow_list(tmp_path, "roster.example", f'nameserver = "127.0.0.1:{free_port()}"')
    who = ("--recipient", "present@roster.example", "--allow", allow, "--state", tmp_path / "state.sqlite")
    done = fivefifty("diagnose", "roster.example", *who, "--json")
    assert done.returncode == Exit.CANNOT_TELL
    found = json.loads(done.stdout)
    assert (found["reachable"], found["failed"]["reply"]) == (False, "the nameserver does not answer")


def test_nobody_who_listens_is_no_verdict() -> None:
    done = fivefifty("diagnose", f"127.0.0.1:{free_port()}", *US, "--recipient", "ann@acme.example")
    assert done.returncode == Exit.CANNOT_TELL
    assert "Nobody could be asked about ann@acme.example: Connection refused." in done.stdout
