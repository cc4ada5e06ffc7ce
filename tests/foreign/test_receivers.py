"""Our sender against a real Postfix and a real Exim: delivered, deferred, refused at each stage, bounced later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

import pytest
from exim_instance import listening
from fivefifty_command import PASSED, fivefifty, free_port
from postfix_instance import postfix, require_postfix

from probe.ledger import Ledger

pytestmark = pytest.mark.foreign

STAGES: Final = ("connect", "ehlo", "mail", "rcpt", "data", "end-of-data")
RETURN_DOMAIN: Final = "bounce.sender.example"
HOME: Final = "127.10.0.25"

SCENARIO: Final = """\
schema = 1
name = "receivers"
title = "Servers that are not ours"
seed = 1
clock = "wall"
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{ address = "127.10.0.1" }]
rate = "50/1s"
retry = { first = "1s", factor = 1, longest = "1s", give_up_after = "3s" }
return_mailbox = "127.10.0.25:%d"
wait_for_reports = "5s"

[[campaign]]
name = "march"
message = "news.eml"
"""
GATEWAY: Final = """
[[gateway]]
name = "at-{stage}"
foreign = "{address}:{port}"
domains = ["{stage}.example"]
mailbox = [{boxes}]
"""
PEOPLE: Final = {"ann": "present", "gone": "departed", "busy": "present", "later": "departed"}
"""Who is at the domain that answers each recipient in its own way; all others have ann alone."""


def scenario_for(folder: Path, address: str, port: int, home_port: int) -> Path:
    """Write a scenario with a gateway for each stage; ``address`` has a place for the stage's number."""
    text = SCENARIO % home_port
    for number, stage in enumerate(STAGES, 1):
        people = PEOPLE if stage == "rcpt" else {"ann": "present"}
        boxes = ", ".join(f'{{ address = "{name}@{stage}.example", state = "{is_}" }}' for name, is_ in people.items())
        text += GATEWAY.format(stage=stage, address=address.format(number), port=port, boxes=boxes)
    (folder / "news.eml").write_text("From: news@sender.example\nSubject: Hello\n\nHello {{given_name}}.\n", "utf-8")
    path = folder / "receivers.toml"
    path.write_text(text, "utf-8")
    return path


@contextmanager
def by_postfix(port: int, home_port: int) -> Iterator[str]:
    """A Postfix with a service for each stage, which restricts at that stage alone."""
    require_postfix()
    restrictions = {
        "connect": "smtpd_client_restrictions=reject",
        "ehlo": "smtpd_helo_restrictions=reject",
        "mail": "smtpd_sender_restrictions=reject",
        "rcpt": "smtpd_recipient_restrictions=$people",
        "data": "smtpd_data_restrictions=reject",
        "end-of-data": "smtpd_end_of_data_restrictions=reject",
    }
    services = "anvil unix - - n - 1 anvil\n" + "".join(
        f"127.9.0.{number}:{port} inet n - n - - smtpd -o smtpd_delay_reject=no -o {restrictions[stage]}\n"
        for number, stage in enumerate(STAGES, 1)
    )
    settings = {
        "relay_domains": ", ".join(f"{stage}.example" for stage in STAGES),
        "relay_recipient_maps": "",
        "mynetworks": "10.0.0.0/8",
        "people": "check_recipient_access inline:{ {gone@rcpt.example=550 5.1.1 User unknown},"
        " {busy@rcpt.example=450 4.2.0 Mailbox busy} }",
        "smtp_dns_support_level": "disabled",
        "smtp_bind_address": "127.0.0.1",
        # Taken for one, then handed on to the service that refuses at DATA.
        "transport_maps": f"inline:{{ {{later@rcpt.example=smtp:[127.9.0.5]:{port}}},"
        f" {{{RETURN_DOMAIN}=smtp:[{HOME}]:{home_port}}},"
        " {rcpt.example=discard:} }",
    }
    with postfix("mx.receiver.example", settings, services=services):
        yield "127.9.0.{}"


EXIM: Final = """\
primary_hostname = mx.receiver.example
exim_path = {program}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = <; {interfaces}
keep_environment =
never_users =
tls_advertise_hosts =
queue_only = false
acl_smtp_connect = stage_connect
acl_smtp_helo = stage_ehlo
acl_smtp_mail = stage_mail
acl_smtp_rcpt = stage_rcpt
acl_smtp_predata = stage_data
acl_smtp_data = stage_end_of_data

begin acl
{acls}
begin routers
home:
  driver = manualroute
  domains = {return_domain}
  route_data = {home}::{home_port}
  transport = out
  self = send
gone_later:
  driver = redirect
  local_parts = later
  data = :fail: moved away
  allow_fail
all:
  driver = accept
  transport = nowhere

begin transports
out:
  driver = smtp
  allow_localhost
nowhere:
  driver = appendfile
  file = /dev/null
  user = Debian-exim

begin retry
* * F,1h,1s
"""
ACL: Final = """\
stage_{stage}:
  deny condition = ${{if eq{{$received_ip_address}}{{127.9.1.{number}}}}}
       message = no thanks
{more}  accept
"""
BY_NAME: Final = """\
  deny local_parts = gone
       message = 550 5.1.1 User unknown
  defer local_parts = busy
       message = 450 4.2.0 Mailbox busy
"""


@contextmanager
def by_exim(port: int, home_port: int) -> Iterator[str]:
    """An Exim that listens at an address for each stage, and denies at that stage alone."""
    acls = "".join(
        ACL.format(
            stage=stage.replace("-", "_"),
            number=0 if stage == "rcpt" else number,
            more=BY_NAME if stage == "rcpt" else "",
        )
        for number, stage in enumerate(STAGES, 1)
    )
    interfaces = " ; ".join(f"127.9.1.{number}.{port}" for number in range(1, len(STAGES) + 1))
    places = {"return_domain": RETURN_DOMAIN, "home": HOME, "home_port": home_port}
    with listening(EXIM, interfaces=interfaces, acls=acls, **places):
        yield "127.9.1.{}"


Receiver = Callable[[int, int], AbstractContextManager[str]]


@pytest.mark.parametrize("receiver", [by_postfix, by_exim], ids=["postfix", "exim"])
def test_the_books_tell_what_a_real_server_did(receiver: Receiver, tmp_path: Path) -> None:
    port, home_port = free_port(), free_port()
    with receiver(port, home_port) as address:
        scenario = scenario_for(tmp_path, address, port, home_port)
        done = fivefifty("run", scenario, "--out", tmp_path / "run", "--transcripts")
    assert (done.returncode, done.stderr) == (PASSED, "")
    with Ledger.open(tmp_path / "run") as books:
        attempts = list(books.attempts())
        returned = list(books.returned())
        assert list(books.truths()) == []  # nobody wrote any
    heard = {(row.recipient, row.stage, row.outcome, row.code) for row in attempts}
    codes = {row.recipient: row.code for row in attempts}
    for stage in ("connect", "ehlo", "mail", "data", "end-of-data"):
        who = f"ann@{stage}.example"
        assert (who, stage, "refused", codes[who]) in heard
        assert codes[who] in range(500, 560)
    assert ("ann@rcpt.example", "end-of-data", "delivered", 250) in heard
    assert ("gone@rcpt.example", "rcpt", "refused", 550) in heard
    assert ("busy@rcpt.example", "rcpt", "deferred", 450) in heard
    busy = [row.number for row in attempts if row.recipient == "busy@rcpt.example"]
    assert busy == [1, 2, 3]
    assert ("later@rcpt.example", "end-of-data", "delivered", 250) in heard
    assert [(row.recipient, row.kind, row.action, row.joined_by) for row in returned] == [
        ("later@rcpt.example", "report", "failed", "return-path")
    ]
    assert "moved away" in returned[0].text or returned[0].code == 554
    told = fivefifty("show", tmp_path / "run", "--recipient", "later@rcpt.example")
    assert "report returned, joined by return-path" in told.stdout
    assert "> RCPT TO:<later@rcpt.example>" in told.stdout
    books_of = fivefifty("books", tmp_path / "run")
    assert "state      complete" in books_of.stdout
