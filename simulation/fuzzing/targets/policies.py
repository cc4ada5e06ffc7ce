"""Messages and clients of any kind before every policy at once: none of them fails, and all is written down.

Policies put messages away or bounce them later instead of refusing, so that all of them are asked.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator
from typing import Any, Final

from pydantic import TypeAdapter

from fake_gateways import persona as personas
from fake_gateways.clock import VirtualClock
from fake_gateways.gateway import Gateway
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.policies import KINDS, AnySettings
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.session import Answered, Session, open_session
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import Reply
from fake_gateways.truth import Truth
from fake_gateways.verdict import Answer, ExternalQuery, Question, Wait
from simulation.fuzzing.smtp_grammar import Choices
from simulation.fuzzing.target import Target
from simulation.fuzzing.told_policies import DOMAIN, STARTS

_NEEDED: Final[dict[str, dict[str, Any]]] = {
    "connections": {"most": 1},
    "content": {"junk_at": 1.0},
    "directory-harvest": {"limit": "2/1h"},
    "earned-reputation": {"refuse_below": -0.5, "half_life": "1h"},
    "geography": {"regions": {"here": ["192.0.2.0/24", "2001:db8::/32"]}, "refuse": ["here"]},
    "ip-reputation": {"zones": ["bl.example"], "deny": ["192.0.2.0/25"]},
    "message-size": {"limit": "1 kB"},
    "messages-per-connection": {"most": 1},
    "recipients-per-message": {"most": 1},
    "restricted-recipients": {"part": 0.5},
    "sender-reputation": {"zones": ["dbl.example"], "deny": ["spam.example"]},
    "url-blocklist": {"zones": ["uribl.example"]},
    "velocity": {"limit": "2/1h", "per": ["ip", "/24", "sender-domain"]},
}
_LEFT_OUT: Final = {"as-logged", "fault"}
"""They do nothing with what a client says."""
_OWN_WORDS: Final = 20_000
"""Octets of a report beside the message that it returns."""
_NAMED: Final = TypeAdapter(tuple[AnySettings, ...])
_PERSONAS: Final = tuple(personas.names())
_NAMES: Final = (
    "mta1.example",
    "[192.0.2.1]",
    "localhost",
    "-.-",
    "x" * 250,
    "a..b",
    "192.0.2.1",
    "[IPv6:::1]",
    "ä.example",
)
_SENDERS: Final = (
    "",
    "news@sender.example",
    '"a b"@spam.example',
    "a@[192.0.2.1]",
    "x@" + "y" * 200,
    "a@b..c",
    "a@b_c.example",
)
_RECIPIENTS: Final = (f"alice@{DOMAIN}", f"boris@{DOMAIN}", f"nobody@{DOMAIN}", "a@elsewhere.example", "postmaster")
_CLIENTS: Final = ("192.0.2.1", "198.51.100.7", "2001:db8::7", "::1", "::ffff:192.0.2.9", "fe80::1%eth0", "127.0.0.1")
_WORDS: Final = (
    *(
        b"From: ann@sender.example\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=s; h=from; bh=; b=\r\n",
    ),
    *(b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"--b--\r\n", b"http://spam.example/", b"\r\n\r\n"),
    *(b"Content-Disposition: attachment; filename=a.exe\r\n", b"Content-Transfer-Encoding: base64\r\n", b"UEsDBA"),
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
)
_RECORDS: Final = (
    (),
    ("127.0.0.2",),
    ("127.0.0.2", "127.0.0.4", "not an address"),
    ("v=spf1 ip4:192.0.2.0/24 include:other.example a mx ptr exists:%{i}.x.example redirect=y.example -all",),
    ("v=spf1 include:%{d2}.%{h} ip4:1.2.3.4/99 a:/ -all", "v=spf1 +all"),
    ("v=spf1 " + "include:a.example " * 30,),
    ("v=DMARC1; p=reject; adkim=s; pct=50; sp=none",),
    ("v=DMARC1; p=; pct=x;;;", "v=DMARC1"),
    ("v=DKIM1; k=rsa; p=", "v=DKIM1; k=ed25519; p=AAAA"),
    ("10 mx.example", "0 .", "x"),
    ("mta1.example.", "\xff\0", ""),
)


def run(data: bytes) -> int:
    """Send two messages; the first 24 octets choose client and settings, the others are the content. Return 2."""
    choices, content = Choices(data[:24].ljust(24, b"\0")), data[24:].replace(b"\r\n.", b"\r\n..")
    truths: list[Truth] = []
    clock = VirtualClock(STARTS)
    reports: list[DeliveryReport] = []
    gateway = _gateway(choices, truths, reports, clock)
    session = open_session(gateway, choices.of(_CLIENTS), 40_000)
    _follow(session.greet(), choices, clock)
    _say(session, f"EHLO {choices.of(_NAMES)}", choices, clock)
    for _ in range(2):
        _say(session, f"MAIL FROM:<{choices.of(_SENDERS)}>", choices, clock)
        for _ in range(2):
            _say(session, f"RCPT TO:<{choices.of(_RECIPIENTS)}>", choices, clock)
        _say(session, "DATA", choices, clock)
        if session.wants_content:
            _follow(session.content(content), choices, clock)
    session.lost()
    assert [truth.seq for truth in truths] == list(range(1, len(truths) + 1))
    assert gateway.connections == {}
    for report in reports:
        octets = report.content.encode("latin-1")
        assert len(octets) < len(content) + _OWN_WORDS
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", octets.partition(b"\r\n\r\n")[0])
    return 2


def _gateway(choices: Choices, truths: list[Truth], reports: list[DeliveryReport], clock: VirtualClock) -> Gateway:
    vendor = personas.load(choices.of(_PERSONAS))
    drawn = choices.octet() << 8 | choices.octet()
    instead = choices.of(("junk", "bounce", "quarantine", "discard"))
    settings = []
    for number, (kind, model) in enumerate(sorted(KINDS.items())):
        stages = sorted(model.nature.stages)
        if kind not in _LEFT_OUT:
            at = stages[(drawn >> number % 13) % len(stages)]
            if (kind, at) == ("velocity", Stage.CONNECT):
                at = Stage.MAIL  # no sender is known before
            settings.append({"type": kind, "at": at, "instead": instead, **_NEEDED.get(kind, {})})
    return Gateway(
        name="northwind",
        host=f"mx.{DOMAIN}",
        persona=vendor,
        directory=Directory(
            [DOMAIN], {f"alice@{DOMAIN}": MailboxState.PRESENT, f"boris@{DOMAIN}": MailboxState.FULL}, catch_all=False
        ),
        policies=_NAMED.validate_python(tuple(settings)),
        claims={},
        lies=1.0,
        size_limit=1_000_000,
        clock=clock,
        starts=STARTS,
        seed="550:northwind",
        write=truths.append,
        post=reports.append,
    )


def _say(session: Session, line: str, choices: Choices, clock: VirtualClock) -> None:
    if not session.closing:
        _follow(session.command(line.encode()), choices, clock)


def _follow(answered: Answered, choices: Choices, clock: VirtualClock) -> None:
    if not isinstance(answered, Generator):
        assert isinstance(answered, Reply)
        return
    salt = choices.octet()
    try:
        query = next(answered)
        while True:
            query = answered.send(_answer(query, salt, clock))
    except StopIteration:
        pass


def _answer(query: ExternalQuery, salt: int, clock: VirtualClock) -> Answer:
    """Answer a question as the octet says: the same one always in the same way."""
    if isinstance(query, Wait):
        clock.pass_by(min(query.seconds, 1e6))
    if not isinstance(query, Question):
        return Answer()
    drawn = zlib.crc32(f"{salt}:{query.kind}:{query.name}".encode("utf-8", "surrogateescape"))
    return Answer(_RECORDS[drawn % len(_RECORDS)], ttl_s=drawn >> 8 & 255, failed=drawn >> 16 & 15 == 0)


TARGETS: Final = (Target("policies", run, words=_WORDS, batch=200, longest=256 * 1024),)
