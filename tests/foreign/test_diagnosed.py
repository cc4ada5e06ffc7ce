"""fivefifty diagnose at a real Postfix, Exim and rspamd, whose reasons are known from their configuration."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from exim_instance import listening
from fivefifty_command import apart, complaint, fivefifty, free_port
from network_namespace import network_namespace
from postfix_instance import Postfix, postfix, require_postfix
from rspamd_instance import rspamd

from probe.cli.exit_codes import Exit

pytestmark = pytest.mark.foreign

USUAL, LISTED, NEIGHBOUR, ELSEWHERE = "127.10.0.1", "127.10.0.2", "127.10.0.3", "127.20.0.1"
ADDRESS: Final = "127.9.2.1"
GREYLIST_S: Final = 1.0
PLAIN = "From: <news@sender.example>\nTo: <ann@acme.example>\nSubject: Monday\n\nThe minutes are on the shelf.\n"
SPAM = PLAIN.replace("The minutes are on the shelf.", "This is your last chance for free seats!")


class Verdict(NamedTuple):
    """What the command found: its exit code, the probable causes, and how likely the mailbox is alive."""

    code: int
    causes: list[str]
    alive: float
    document: dict[str, Any]

    @property
    def says_gone(self) -> bool:
        """Whether the mailbox is very probably gone, because no such user is known."""
        return self.alive < 0.05 and self.causes[0] == "user-unknown"


def diagnosed(port: int, recipient: str, *more: object, sources: tuple[str, ...] = (USUAL,)) -> Verdict:
    """Diagnose at the server."""
    ours = [word for source in sources for word in ("--source", source)]
    us = ("--from", "news@sender.example", "--from", "news@other.example", "--helo", "mta1.sender.example", *ours)
    who = ("--recipient", recipient, "--control", "bob@acme.example")
    done = fivefifty("diagnose", f"{ADDRESS}:{port}", *us, *who, *more, "--json")
    assert done.returncode in {Exit.PASSED, Exit.REASON_FOUND, Exit.CANNOT_TELL}, done
    found = json.loads(done.stdout)
    alive = found["mailbox"]["alive"] if "mailbox" in found else 1.0
    return Verdict(done.returncode, list(found.get("causes", ())), alive, found)


@contextmanager
def policy_service(answer: Callable[[Mapping[str, str]], str]) -> Iterator[int]:
    """Serve Postfix's policy protocol (SMTPD_POLICY_README) on loopback; yields the port."""

    class Asked(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            attributes: dict[str, str] = {}
            for line in self.rfile:
                name, equals, value = line.decode().strip().partition("=")
                if equals:
                    attributes[name] = value
                else:
                    self.wfile.write(f"action={answer(attributes)}\n\n".encode())
                    attributes = {}

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Asked) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def receiving_postfix(
    listens_at: str, policy: int | None = None, milter: int | None = None, prefix: Sequence[str] = ()
) -> Iterator[Postfix]:
    """Run a Postfix that takes mail for ann, bob and postmaster."""
    require_postfix()
    restrictions = ["reject_unauth_destination"]
    if policy is not None:
        restrictions.append(f"check_policy_service inet:127.0.0.1:{policy}")
    who = ", ".join(f"{{{name}@acme.example=ok}}" for name in ("ann", "bob", "postmaster"))
    settings = {
        "relay_domains": "acme.example",
        "relay_recipient_maps": f"inline:{{ {who} }}",
        "mynetworks": "10.0.0.0/8",
        "smtpd_recipient_restrictions": ", ".join(restrictions),
        "transport_maps": "inline:{ {acme.example=discard:} }",
        "smtpd_milters": "" if milter is None else f"inet:127.0.0.1:{milter}",
    }
    services = f"anvil unix - - n - 1 anvil\n{listens_at} inet n - n - - smtpd\n"
    with postfix("mx.acme.example", settings, prefix, services) as instance:
        yield instance


@contextmanager
def behind_postfix(policy: int | None = None, milter: int | None = None) -> Iterator[int]:
    """Run such a Postfix on loopback; yields its port."""
    port = free_port()
    with receiving_postfix(f"{ADDRESS}:{port}", policy, milter):
        yield port


def lying(attributes: Mapping[str, str]) -> str:
    """Tell a listed client that no recipient exists."""
    return "550 5.1.1 User unknown" if attributes["client_address"] == LISTED else "DUNNO"


def test_a_postfix_whose_policy_service_lies_to_a_listed_client() -> None:
    with policy_service(lying) as policy, behind_postfix(policy) as port:
        found = diagnosed(port, "ann@acme.example", sources=(LISTED, NEIGHBOUR, ELSEWHERE))
        alone = diagnosed(port, "ann@acme.example", sources=(LISTED,))
        listed_and_gone = diagnosed(port, "gone@acme.example", sources=(LISTED, NEIGHBOUR, ELSEWHERE))
        gone = diagnosed(port, "gone@acme.example")
        present = diagnosed(port, "ann@acme.example")
    assert "5.1.1" in found.document["refusal"]["reply"]
    assert found.alive > 0.95
    assert "ip-reputation" in found.causes
    assert not {"user-unknown", "mailbox-disabled"} & {*found.causes, *alone.causes}
    assert alone.alive > 0.05
    assert listed_and_gone.alive < 0.95
    assert gone.says_gone, gone
    assert (present.code, present.document["reachable"]) == (Exit.PASSED, True)


def test_a_postfix_with_a_greylist() -> None:
    first: dict[str, float] = {}

    def greylisting(attributes: Mapping[str, str]) -> str:
        seen = first.setdefault(attributes["recipient"], time.monotonic())
        return "DUNNO" if time.monotonic() - seen >= GREYLIST_S else "DEFER_IF_PERMIT 4.7.1 Greylisted, try again"

    with policy_service(greylisting) as policy, behind_postfix(policy) as port:
        found = diagnosed(port, "ann@acme.example", "--for", "2s")
    assert (found.code, found.document["reachable"]) == (Exit.PASSED, True)
    assert "Greylisted" in found.document["deferred"]["reply"]


def test_a_postfix_with_rspamd_that_dislikes_a_phrase(tmp_path: Path) -> None:
    (tmp_path / "spam.eml").write_text(SPAM, "utf-8")
    (tmp_path / "plain.eml").write_text(PLAIN, "utf-8")
    milter = free_port()
    with rspamd(milter=milter, reject=8), behind_postfix(milter=milter) as port:
        found = diagnosed(port, "ann@acme.example", "--message", tmp_path / "spam.eml")
        plain = diagnosed(port, "ann@acme.example", "--message", tmp_path / "plain.eml")
        gone = diagnosed(port, "gone@acme.example", "--message", tmp_path / "spam.eml")
    assert found.document["refusal"]["stage"] == "end-of-data"
    assert found.alive > 0.95
    assert "content" in found.causes
    assert (plain.code, plain.document["accepted"]["stage"]) == (Exit.PASSED, "end-of-data")
    assert gone.says_gone, gone


ALLOW: Final = """\
contact = "postmaster@sender.example"

[[host]]
name = "192.0.2.25"
recipients = ["gone@acme.example", "bob@acme.example"]
purpose = "why our newsletter is refused"
expires = {expires}
"""


def test_a_postfix_beyond_this_machine_is_asked_politely(tmp_path: Path) -> None:
    expires = datetime.now(UTC).date() + timedelta(days=7)
    (tmp_path / "allow.toml").write_text(ALLOW.format(expires=expires), "utf-8")
    who = ("diagnose", "192.0.2.25", "--recipient", "gone@acme.example", "--control", "bob@acme.example")
    with (
        network_namespace(tmp_path, "127.0.0.53", "192.0.2.25/24", "192.0.2.1/24") as namespace,
        receiving_postfix("192.0.2.25:25", prefix=namespace) as receiver,
    ):
        refused = apart(*who, "--from", "news@sender.example", "--source", "192.0.2.1", prefix=namespace)
        options = ("--allow", tmp_path / "allow.toml", "--state", tmp_path / "state", "--source", "192.0.2.1")
        # Without time to wait there are two connections: the third would come within a minute.
        done = apart(*who, *options, "--for", "5s", "--json", prefix=namespace)
        log = receiver.log()
    assert "is not on this machine, and no allow list names it" in complaint(refused)
    found = json.loads(done.stdout)
    assert next(iter(found["causes"])) == "user-unknown"
    assert len(found["experiments"]) == 1
    assert "which is later than --for allows" in done.stderr
    assert log.count(" connect from unknown[192.0.2.1]") == 2
    assert "from=<postmaster@sender.example> to=<gone@acme.example> proto=ESMTP helo=<sender.example>" in log


EXIM: Final = """\
primary_hostname = mx.acme.example
exim_path = {program}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = {address}.{port}
keep_environment =
never_users =
tls_advertise_hosts =
queue_only = false
acl_smtp_rcpt = people

begin acl
people:
{rules}  deny !local_parts = ann : bob : postmaster
       message = 550 5.1.1 User unknown
  accept

begin routers
all:
  driver = accept
  transport = nowhere

begin transports
nowhere:
  driver = appendfile
  file = /dev/null
  user = Debian-exim
"""
BY_SENDER: Final = """\
  deny sender_domains = sender.example
       message = 550 5.1.1 User unknown
"""
BY_HELO: Final = """\
  deny condition = ${if match{$sender_helo_name}{sender.example}}
       message = 550 5.7.1 Your mail system is not welcome here
"""


@contextmanager
def behind_exim(rules: str = "") -> Iterator[int]:
    """Run an Exim that takes mail for ann, bob and postmaster; yields its port."""
    port = free_port()
    with listening(EXIM, address=ADDRESS, port=port, rules=rules):
        yield port


def test_an_exim_that_knows_its_recipients() -> None:
    with behind_exim() as port:
        gone = diagnosed(port, "gone@acme.example")
        present = diagnosed(port, "ann@acme.example")
    assert gone.says_gone, gone
    assert (present.code, present.document["reachable"]) == (Exit.PASSED, True)


def test_an_exim_that_refuses_a_domain_as_if_nobody_existed() -> None:
    with behind_exim(BY_SENDER) as port:
        found = diagnosed(port, "ann@acme.example")
    assert found.alive > 0.95
    assert "sender-rejected" in found.causes
    assert not {"user-unknown", "mailbox-disabled"} & set(found.causes)


def test_an_exim_that_refuses_by_the_name_in_ehlo() -> None:
    # There is no experiment with another name at a host, so the cause cannot be told.
    with behind_exim(BY_HELO) as port:
        found = diagnosed(port, "ann@acme.example", sources=(USUAL, NEIGHBOUR, ELSEWHERE))
    assert found.code == Exit.CANNOT_TELL
    assert found.alive > 0.05
    assert not {"user-unknown", "mailbox-disabled"} & set(found.causes)
    assert "tls-required" not in found.causes  # it does not offer TLS
