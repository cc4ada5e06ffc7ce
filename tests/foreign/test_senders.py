"""Senders that are not ours against ``fivefifty serve``: what they were told is what the truth says was said."""

from __future__ import annotations

import re
import shutil
import smtplib
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import dns.resolver
import pytest
from deadline import DEADLINE_S
from postfix_instance import postfix, require_postfix
from serve_process import Serving, serving

from fake_gateways.truth import Truth

pytestmark = pytest.mark.foreign

SCENARIO = Path(__file__).with_name("serve.toml")
RETURN_PATH = "news@bounce.sender.example"
HELO = "mta1.sender.example"
CLEAN, LISTED = "127.10.0.1", "127.10.0.2"
PLAIN, SPAMMY = "The minutes are on the shelf.", "You have won the JACKPOT of the month."


class Mail(NamedTuple):
    """One mail, and what must come of it: fate, true cause, claimed cause, code."""

    recipient: str
    fate: str
    cause: str | None
    claimed: str | None
    code: int
    text: str = PLAIN
    source: str = CLEAN

    @property
    def domain(self) -> str:
        """Where it goes."""
        return self.recipient.partition("@")[2]

    @property
    def message_id(self) -> str:
        """What joins it to the truth, with the recipient."""
        return f"<{self.recipient.replace('@', '.')}@{HELO}>"

    @property
    def octets(self) -> str:
        """The message."""
        header = f"From: <{RETURN_PATH}>\nTo: <{self.recipient}>\nMessage-ID: {self.message_id}\nSubject: Monday\n"
        return f"{header}\n{self.text}\n"


# Sent in this order: the second mail to hasty.example is the one that is too fast.
MAILS = {
    "delivered to a present mailbox": Mail("present@roster.example", "inbox", None, None, 250),
    "refused by the directory, departed": Mail(
        "departed@roster.example", "refused", "user-unknown", "user-unknown", 550
    ),
    "refused by the directory, disabled": Mail(
        "disabled@roster.example", "refused", "mailbox-disabled", "user-unknown", 550
    ),
    "deferred by the directory, full": Mail("full@roster.example", "deferred", "mailbox-full", "mailbox-full", 452),
    "delivered from an address of good reputation": Mail("reader@wary.example", "inbox", None, None, 250),
    "refused for a listed address": Mail(
        "listed@wary.example", "refused", "ip-reputation", "user-unknown", 550, source=LISTED
    ),
    "delivered with plain words": Mail("reader@strict.example", "inbox", None, None, 250),
    "refused for its content": Mail("lottery@strict.example", "refused", "content", "user-unknown", 550, text=SPAMMY),
    "delivered as the first of the hour": Mail("first@hasty.example", "inbox", None, None, 250),
    "refused as the second of the hour": Mail("second@hasty.example", "refused", "velocity", "user-unknown", 550),
}

Send = Callable[[Mail], str]
"""Sends a mail and returns the reply that decided, as one line."""


def exchanger(served: Serving, domain: str) -> str:
    """Return the address of a domain's mail exchanger, asked of the nameserver as any sender would."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [served.dns_address], served.dns_port
    host = resolver.resolve(domain, "MX")[0].exchange.to_text()
    return str(resolver.resolve(host, "A")[0].to_text())


@contextmanager
def by_smtplib(served: Serving) -> Iterator[Send]:
    """Python's own client."""

    def send(mail: Mail) -> str:
        with smtplib.SMTP(
            exchanger(served, mail.domain), served.port, HELO, DEADLINE_S, source_address=(mail.source, 0)
        ) as client:
            client.ehlo()
            client.mail(RETURN_PATH)
            code, text = client.rcpt(mail.recipient)
            if code < 400:
                code, text = client.data(mail.octets)
        return f"{code} {text.decode()}"

    yield send


@contextmanager
def by_swaks(served: Serving) -> Iterator[Send]:
    """The Swiss army knife."""
    program = shutil.which("swaks")
    if program is None:
        pytest.skip("swaks is not installed (Debian package swaks)")

    def send(mail: Mail) -> str:
        options = {
            "--server": exchanger(served, mail.domain),
            "--port": str(served.port),
            "--local-interface": mail.source,
            "--helo": HELO,
            "--from": RETURN_PATH,
            "--to": mail.recipient,
            "--data": "-",
            "--timeout": str(int(DEADLINE_S)),
        }
        spoken = subprocess.run(
            [program, *(word for pair in options.items() for word in pair)],
            capture_output=True,
            check=False,
            encoding="utf-8",
            input=mail.octets,
            timeout=DEADLINE_S,
        )
        refused = re.findall(r"^<\*\* (.*)$", spoken.stdout, re.MULTILINE)
        accepted = re.search(r"^ -> \.\n<-  (.*)$", spoken.stdout, re.MULTILINE)
        # Its exit codes: 24 for a refused recipient, 26 for refused content.
        assert spoken.returncode in {0, 24, 26}, spoken
        assert bool(refused) != bool(accepted and spoken.returncode == 0), spoken
        return " ".join(refused) if refused else accepted[1] if accepted else ""

    yield send


@contextmanager
def by_postfix(served: Serving) -> Iterator[Send]:
    """A relay: it queues, delivers by its own routing table and writes its own log."""
    require_postfix()
    routes = {"bounce.sender.example": "discard:"}
    for mail in MAILS.values():
        service = {CLEAN: "smtp", LISTED: "listed"}[mail.source]
        routes[mail.recipient] = f"{service}:[{exchanger(served, mail.domain)}]:{served.port}"
    table = ", ".join(f"{{{key}={value}}}" for key, value in routes.items())
    settings = {"smtp_dns_support_level": "disabled", "transport_maps": f"inline:{{ {table} }}"}
    with postfix(HELO, settings) as relay:

        def send(mail: Mail) -> str:
            logged = relay.send(RETURN_PATH, mail.recipient, mail.octets)
            assert logged.status == {2: "sent", 4: "deferred", 5: "bounced"}[mail.code // 100]
            return logged.said

        yield send


SENDERS = {"smtplib": by_smtplib, "swaks": by_swaks, "postfix": by_postfix}


class Campaign(NamedTuple):
    """What a sender was told about each mail, and what the truth says."""

    told: dict[str, str]
    truths: list[Truth]


@pytest.fixture(scope="module", params=SENDERS)
def campaign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    with serving(SCENARIO, tmp_path_factory.mktemp("run")) as served, SENDERS[request.param](served) as send:
        told = {name: send(mail) for name, mail in MAILS.items()}
    return Campaign(told, served.truths)


@pytest.mark.parametrize("name", MAILS)
def test_the_truth_of_a_mail_is_what_the_sender_was_told(campaign: Campaign, name: str) -> None:
    mail = MAILS[name]
    (truth,) = [each for each in campaign.truths if each.recipient == mail.recipient]
    assert (truth.fate, truth.cause, truth.claimed, truth.code) == (mail.fate, mail.cause, mail.claimed, mail.code)
    assert (truth.return_path, truth.peer_address, truth.helo) == (RETURN_PATH, mail.source, HELO)
    # Before DATA nobody knows the Message-ID.
    assert truth.message_id == (mail.message_id if truth.stage == "end-of-data" else "")
    said = f"{truth.code} {truth.enhanced or ''} {truth.text}"
    assert campaign.told[name].split() == said.split()


def test_the_truth_holds_one_decision_about_every_mail_and_no_other(campaign: Campaign) -> None:
    assert sorted(truth.recipient for truth in campaign.truths) == sorted(mail.recipient for mail in MAILS.values())


def test_a_lie_reads_as_the_same_gateway_reads_for_a_mailbox_that_is_gone(campaign: Campaign) -> None:
    gone, disabled = (campaign.told[f"refused by the directory, {why}"] for why in ("departed", "disabled"))
    assert disabled == gone
    for name in ("refused for its content", "refused for a listed address", "refused as the second of the hour"):
        assert re.search("user unknown|invalid recipient", campaign.told[name], re.IGNORECASE)
