"""Foreign senders through STARTTLS, pipelining and greylisting, and as whom a proxy or a test presents them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from deadline import DEADLINE_S, until
from exim_instance import exim
from postfix_instance import postfix, require_postfix
from serve_process import serving

from fake_gateways.truth import Fate, Truth

pytestmark = pytest.mark.foreign

RETURN_PATH = "news@bounce.sender.example"
ANN, BEN = "ann@grey.example", "ben@grey.example"
MESSAGE = f"From: <{RETURN_PATH}>\nTo: <{ANN}>\nSubject: Monday\n\nThe minutes are on the shelf.\n"
SCENARIO = """\
schema = 1
name = "foreign-extensions"
title = "Gateways that want TLS, greylist, and believe what a proxy or a test says of the client"
seed = 26
clock = "wall"
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{ address = "127.10.0.1" }]
rate = "1/1s"

[[campaign]]
name = "by-hand"
message = "news.eml"

[[gateway]]
name = "grey"
persona = "postfix"
domains = ["grey.example"]
address = "127.1.0.1"
mailbox = [{ address = "ann@grey.example" }, { address = "ben@grey.example" }]

  [[gateway.policy]]
  type = "tls-required"

  [[gateway.policy]]
  type = "greylisting"
  wait = "1s"

[[gateway]]
name = "proxied"
persona = "postfix"
domains = ["proxied.example"]
address = "127.1.0.2"
mailbox = [{ address = "ann@proxied.example" }]
proxy_protocol = true

  [[gateway.policy]]
  type = "ip-reputation"
  deny = ["192.0.2.0/24"]

[[gateway]]
name = "presented"
persona = "postfix"
domains = ["presented.example"]
address = "127.1.0.3"
mailbox = [{ address = "ann@presented.example" }]
xclient = true

  [[gateway.policy]]
  type = "ip-reputation"
  deny = ["192.0.2.0/24"]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "extensions.toml"
    path.write_text(SCENARIO, "utf-8")
    (tmp_path / "news.eml").write_text(MESSAGE, "utf-8")
    return path


def deferred_then_taken(truths: list[Truth]) -> None:
    for recipient in (ANN, BEN):
        fates = [(row.fate, row.cause) for row in truths if row.recipient == recipient]
        assert fates[0] == (Fate.DEFERRED, "greylisted")
        assert fates[-1] == (Fate.INBOX, None)


def test_exim_delivers_through_starttls_pipelining_and_greylisting(scenario: Path, tmp_path: Path) -> None:
    with serving(scenario, tmp_path / "run") as served, exim("127.1.0.1", served.port) as sender:
        sender.send(RETURN_PATH, [ANN, BEN], MESSAGE)
        assert sender.log.count(" defer (-44) ") == 2

        def taken() -> bool:
            sender.retry()
            return "Completed" in sender.log

        until(taken, told=lambda: sender.log)
        assert "X=TLS1.3" in sender.log
    deferred_then_taken(served.truths)


def test_postfix_delivers_through_starttls_pipelining_and_greylisting(scenario: Path, tmp_path: Path) -> None:
    require_postfix()
    with serving(scenario, tmp_path / "run") as served:
        routes = f"inline:{{ {{grey.example=smtp:[127.1.0.1]:{served.port}}} {{bounce.sender.example=discard:}} }}"
        settings = {
            "smtp_dns_support_level": "disabled",
            "transport_maps": routes,
            "smtp_tls_security_level": "encrypt",
            "smtp_tls_loglevel": "1",
        }
        with postfix("mta1.sender.example", settings) as relay:
            assert {relay.send(RETURN_PATH, each, MESSAGE).status for each in (ANN, BEN)} == {"deferred"}

            def taken() -> bool:
                relay.flush()
                return {relay.logged()[each].status for each in (ANN, BEN)} == {"sent"}

            until(taken, told=relay.log)
            assert "TLS connection established to 127.1.0.1" in relay.log()
    deferred_then_taken(served.truths)


SWAKS_SAYS = {"inbox": 0, "refused": 24}
"""Its exit codes."""


def swaks_program(needs: str) -> str:
    """Return the path of swaks; skip where it is not installed, or lacks the Perl module for what is needed."""
    program = shutil.which("swaks")
    if program is None:
        pytest.skip("swaks is not installed (Debian package swaks)")
    done = subprocess.run([program, "--support"], capture_output=True, check=True, encoding="utf-8", timeout=DEADLINE_S)
    missing = re.search(rf"{needs} not available: (.*)", done.stderr)
    if missing is not None:
        pytest.skip(f"swaks cannot do {needs} here: {missing[1]}")
    return program


def swaks(*options: str, needs: str = "Socket Transport") -> subprocess.CompletedProcess[str]:
    program = swaks_program(needs)
    return subprocess.run(
        [program, "--helo", "mta1.sender.example", "--from", RETURN_PATH, "--local-interface", "127.10.0.1", *options],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=DEADLINE_S,
    )


@pytest.mark.parametrize(("client", "fate"), [("203.0.113.7", "inbox"), ("192.0.2.7", "refused")])
@pytest.mark.parametrize("version", ["1", "2"])
def test_swaks_comes_through_a_proxy_as_another(
    scenario: Path, tmp_path: Path, version: str, client: str, fate: str
) -> None:
    with serving(scenario, tmp_path / "run") as served:
        done = swaks(
            *("--server", "127.1.0.2", "--port", str(served.port), "--to", "ann@proxied.example"),
            *("--proxy-version", version, "--proxy-family", "TCP4" if version == "1" else "AF_INET"),
            *("--proxy-source", client, "--proxy-source-port", "40000"),
            *("--proxy-dest", "127.1.0.2", "--proxy-dest-port", "25"),
        )
        assert done.returncode == SWAKS_SAYS[fate], done.stdout
    assert [(row.peer_address, row.fate) for row in served.truths] == [(client, fate)]


@pytest.mark.parametrize(("client", "fate"), [("203.0.113.7", "inbox"), ("192.0.2.7", "refused")])
def test_swaks_presents_itself_as_another_by_xclient(scenario: Path, tmp_path: Path, client: str, fate: str) -> None:
    with serving(scenario, tmp_path / "run") as served:
        done = swaks(
            *("--server", "127.1.0.3", "--port", str(served.port), "--to", "ann@presented.example"),
            *("--xclient-addr", client, "--xclient-helo", "mta9.elsewhere.example"),
        )
        assert done.returncode == SWAKS_SAYS[fate], done.stdout
    assert [(row.peer_address, row.fate) for row in served.truths] == [(client, fate)]


def test_swaks_encrypts(scenario: Path, tmp_path: Path) -> None:
    with serving(scenario, tmp_path / "run") as served:
        to_server = ("--server", "127.1.0.3", "--port", str(served.port), "--to", "ann@presented.example")
        done = swaks(*to_server, "--tls", needs="TLS")
        assert done.returncode == 0, done.stdout
        assert "TLS started with cipher" in done.stdout
    assert [row.fate for row in served.truths] == ["inbox"]
