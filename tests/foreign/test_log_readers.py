"""A real Postfix's log: what it writes today is what the reader knows, through a filter and in a container's dress."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from deadline import DEADLINE_S, until
from fivefifty_command import free_port
from postfix_instance import postfix, require_postfix

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats import postfix as postfix_log

MESSAGE = "From: <news@news.example>\nMessage-ID: <1@news.example>\nSubject: Hello\n\nHello\n"

pytestmark = pytest.mark.foreign


def read(log: str) -> list[Event | BadLine]:
    """Read a log of this year."""
    lines = (LogLine(number, text) for number, text in enumerate(log.splitlines(), 1))
    return list(postfix_log.read(lines, datetime.now(UTC).year))


def test_a_real_postfixs_log_is_read() -> None:
    require_postfix()
    settings = {"relayhost": "[127.0.0.1]:1"}
    with postfix("out.example", settings) as instance:
        instance.send("news@bounce.example", "ann@acme.example", MESSAGE)
        log = instance.log()
    (event,) = postfix_log.read(LogLine(number, text) for number, text in enumerate(log.splitlines(), 1))
    assert event == Event(
        EventKind.DEFERRED,
        "ann@acme.example",
        message_id="<1@news.example>",
        return_path="news@bounce.example",
        mx="127.0.0.1",
        stage="connect",
        enhanced="4.4.1",
        text="connect to 127.0.0.1[127.0.0.1]:1: Connection refused",
    )
    for name, dress in DRESSES.items():
        (dressed,) = read("\n".join(map(dress, log.splitlines())))
        assert isinstance(dressed, Event)
        assert dressed._replace(at=None) == event, name


NOW: Final = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.123456789Z"
DRESSES: Final[dict[str, Callable[[str], str]]] = {
    "docker compose logs": lambda line: f"postfix-1  | {line}",
    "docker logs --timestamps": lambda line: f"{NOW} {line}",
    "docker compose logs --timestamps": lambda line: f"postfix-1  | {NOW} {line}",
    "json-file": lambda line: json.dumps({"log": f"{line}\n", "stream": "stdout", "time": NOW}),
    "Kubernetes": lambda line: f"{NOW} stdout F {line}",
    "kubectl logs --prefix": lambda line: f"[pod/mail-0/postfix] {line}",
}


class Filter:
    """A content filter as amavis is one: hands each message back to Postfix before it answers."""

    def __init__(self, port: int, says: Callable[[str], str]) -> None:
        self._port = port
        self._says = says

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Send the message on, and answer with what Postfix said."""
        with smtplib.SMTP("127.0.0.1", self._port, timeout=DEADLINE_S) as client:
            client.mail(envelope.mail_from or "")
            for recipient in envelope.rcpt_tos:
                client.rcpt(recipient)
            code, reply = client.data(envelope.content or b"")
        return self._says(f"{code} {reply.decode()}")


class Remote:
    """The recipients' exchanger, which does not know Bob."""

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse Bob."""
        if address.startswith("bob@"):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802
        """Take the message."""
        return "250 2.0.0 Ok: queued as 77AA88BB99"


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(lambda reply: f"250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): {reply}", id="names the queue id"),
        pytest.param(lambda _: "250 2.0.0 Ok", id="names nothing"),
    ],
)
def test_of_mail_through_a_content_filter_the_outer_hop_is_read(says: Callable[[str], str]) -> None:
    require_postfix()
    filter_port, back_port, remote_port = free_port(), free_port(), free_port()
    settings = {"content_filter": f"smtp:[127.0.0.1]:{filter_port}", "relayhost": f"[127.0.0.1]:{remote_port}"}
    services = (
        f"127.0.0.1:{back_port} inet n - n - - smtpd -o content_filter=\n"
        f"  -o smtpd_relay_restrictions=permit_mynetworks,reject -o syslog_name=postfix/back\n"
        "anvil unix - - n - 1 anvil\n"
    )
    scanner = Controller(Filter(back_port, says), hostname="127.0.0.1", port=filter_port, ready_timeout=DEADLINE_S)
    remote = Controller(Remote(), hostname="127.0.0.1", port=remote_port, ready_timeout=DEADLINE_S)
    scanner.start()
    remote.start()
    try:
        with postfix("out.example", settings, services=services) as instance:
            for recipient in ("ann@acme.example", "bob@acme.example"):
                instance.send("news@bounce.example", recipient, MESSAGE.replace("<1@", f"<{recipient[:3]}@"))
            outer = [f"to=<{who}@acme.example>, relay=127.0.0.1[127.0.0.1]:{remote_port}" for who in ("ann", "bob")]
            until(lambda: all(hop in instance.log() for hop in outer), told=instance.log)
            log = instance.log()
    finally:
        scanner.stop()
        remote.stop()
    assert log.count(f"relay=127.0.0.1[127.0.0.1]:{filter_port}") == 2
    events = [each for each in read(log) if isinstance(each, Event) and each.recipient.endswith("@acme.example")]
    assert [(each.kind, each.recipient, each.message_id, each.code) for each in events] == [
        (EventKind.DELIVERED, "ann@acme.example", "<ann@news.example>", 250),
        (EventKind.REFUSED, "bob@acme.example", "<bob@news.example>", 550),
    ]
    assert events[0].text == "Ok: queued as 77AA88BB99"
