"""Dialogues made of octets that choose: nearly all of SMTP, most of it nearly right."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from simulation.fuzzing.told_policies import ADDRESSES, DOMAIN, TOLD

_NAMES: Final = ("alice", "boris", "clara.whole", '"a b"', "a+b", "postmaster", "ä", "", "a..b", '"\\""', "x" * 70)
_DOMAINS: Final = (
    DOMAIN,
    DOMAIN,
    DOMAIN,
    "sender.example",
    "[192.0.2.1]",
    "[IPv6:::1]",
    "münchen.example",
    "",
    "a_b",
    "-",
)
_ENDS: Final = (b"\r\n",) * 253 + (b"\n", b"\r", b"")
_MAIL_PARAMETERS: Final = (
    *(
        "",
        "",
        "",
        "",
        " SIZE=100",
        " SIZE=10001",
        " SIZE=",
        " SIZE=9999999999999999999999",
        " BODY=8BITMIME",
        " BODY=9",
    ),
    *(" SMTPUTF8", " SMTPUTF8=1", " RET=HDRS", " RET=x", " ENVID=QQ+2B1", " ENVID=+0A", " AUTH=<>", " SIZE=1 SIZE=2"),
    *(" =", " SIZE", "  SIZE=1 ", "SIZE=1", " RET=FULL ENVID=1"),
)
_RCPT_PARAMETERS: Final = (
    *("", "", "", "", " NOTIFY=NEVER", " NOTIFY=SUCCESS,FAILURE", " NOTIFY=NEVER,DELAY", " NOTIFY=", " NOTIFY=success"),
    *(" ORCPT=rfc822;a+40b", " ORCPT=rfc822", " ORCPT=;a", " NOTIFY=DELAY ORCPT=x400;a", " X=1", " NOTIFY=SUCCESS"),
)
_CREDENTIALS: Final = (
    *(
        b"\0ann\0secret",
        b"\0ann\0wrong",
        b"ann\0ann\0secret",
        b"\0\0secret",
        b"ann",
        b"secret",
        b"\0ann",
        b"",
        b"\xff\0\xfe",
    ),
    *(
        b"user=ann\x01auth=Bearer secret\x01\x01",
        b"user=ann\x01auth=Bearer\x01\x01",
        b"auth=Bearer secret\x01",
        b"ann x",
    ),
)
_MECHANISMS: Final = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "plain", "GSSAPI", "", "PLAIN ")
_CONTENTS: Final = (
    *(b"", b"x", b".", b"..", b"...", b"\r\n", b"\n", b"\r", b"\r\n.", b"\r\n..", b"\n.\n", b"\r.\r", b"\0", b"\xff"),
    *(
        b"Subject: x\r\n",
        b"Message-ID: <1@sender.example>\r\n",
        b"\r\n\r\n",
        b"x" * 990,
        b"x" * 1200,
        b"0123456789" * 700,
    ),
)
_XCLIENT: Final = (
    *(
        "ADDR=192.0.2.7",
        "ADDR=IPV6:2001:db8::1",
        "ADDR=[UNAVAILABLE]",
        "ADDR=nonsense",
        "HELO=mta9.example",
        "HELO=",
        "NAME=x",
    ),
    *(
        "PORT=25",
        "PROTO=ESMTP",
        "LOGIN=ann",
        "DESTADDR=127.0.0.1",
        "COLOUR=red",
        "addr=192.0.2.9",
        "ADDR=1",
        "ADDR=::ffff:1.2.3.4",
    ),
)
_OTHERS: Final = (
    *(
        b"NOOP",
        b"NOOP x",
        b"RSET",
        b"RSET ",
        b"VRFY",
        b"VRFY ann",
        b"HELP",
        b"QUIT",
        b"QUIT now",
        b"EXPN x",
        b"BDAT 5 LAST",
    ),
    *(
        b"",
        b" ",
        b"\0",
        b"\xff\xfe",
        b"GET / HTTP/1.1",
        b"TURN",
        b"DATA x",
        b"data",
        b"STARTTLS",
        b"STARTTLS x",
        b"MAIL",
    ),
    *(
        b"RCPT TO:",
        b"MAIL FROM:<",
        b"MAIL FROM:<a@b>x",
        b"noop\t",
        b"HELO",
        b"EHLO",
        b"LHLO",
        b"A" * 10,
        b"A" * 11,
        b"NO OP",
    ),
)


Thing = TypeVar("Thing")


class Choices:
    """Octets that choose, one after the other; behind their end, always the first choice."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def __bool__(self) -> bool:
        return self._place < len(self._data)

    def octet(self) -> int:
        """Take one octet."""
        if not self:
            return 0
        self._place += 1
        return self._data[self._place - 1]

    def of(self, things: Sequence[Thing]) -> Thing:
        """Choose one of things."""
        return things[self.octet() % len(things)]


def dialogues(choices: Choices, *, lmtp: bool = False) -> list[bytes]:
    """Return what clients say, one connection after the other."""
    said = [b""]
    hello = ("LHLO", "lhlo", "EHLO") if lmtp else ("EHLO", "HELO", "ehlo", "LHLO")
    makers: tuple[Callable[[], bytes], ...] = (
        *(lambda: _delivery(choices, hello),) * 3,
        *(lambda: _hello(choices, hello),) * 2,
        *(lambda: _mail(choices),) * 3,
        *(lambda: _rcpt(choices),) * 4,
        *(lambda: b"DATA\r\n" + _content(choices),) * 2,
        lambda: b"DATA" + choices.of(_ENDS),
        lambda: _content(choices),
        *(lambda: _auth(choices),) * 2,
        lambda: _response(choices),
        *(lambda: _xclient(choices),) * 2,
        *(lambda: choices.of(_OTHERS) + choices.of(_ENDS),) * 3,
        lambda: b"NOOP " + b"x" * choices.of((900, 994, 995, 1100, 13_000)) + choices.of(_ENDS),
    )
    while choices:
        if choices.octet() % 8 == 1:
            said.append(b"")
        said[-1] += choices.of(makers)()
    return said


def login_lines(choices: Choices) -> list[bytes]:
    """Return what clients say to log in, one connection after the other."""
    said = [b""]
    while choices:
        kind = choices.octet() % 8
        if kind == 0:
            said.append(b"")
        said[-1] += _auth(choices) if kind < 5 else _response(choices) if kind < 7 else choices.of(_OTHERS) + b"\r\n"
    return said


def _told(choices: Choices) -> str:
    told = choices.of(TOLD) if choices.octet() % 3 == 0 else ""
    return f".{told}" if told else ""


def _cased(choices: Choices, verb: str) -> str:
    return (verb, verb, verb, verb.lower(), verb.title())[choices.octet() % 5]


def _hello(choices: Choices, verbs: Sequence[str]) -> bytes:
    name = choices.of(("mta1", "mta1", "[192.0.2.1]", "", " ", "ä", "x" * 300))
    return f"{choices.of(verbs)} {name}{_told(choices)}.example".encode() + choices.of(_ENDS)


def _mail(choices: Choices) -> bytes:
    if choices.octet() % 3:
        sender = choices.of(("", f"news{_told(choices)}@sender.example", f"news.data{_told(choices)}@sender.example"))
    else:
        sender = f"{choices.of(_NAMES)}@{choices.of(_DOMAINS)}"
    tag = choices.of(("FROM:", "FROM:", "FROM:", "from:", "FROM: ", "FROM", "TO:"))
    route = choices.of(("", "", "", "", "@a.example,@b.example:"))
    verb = _cased(choices, "MAIL")
    return f"{verb} {tag}<{route}{sender}>{choices.of(_MAIL_PARAMETERS)}".encode() + choices.of(_ENDS)


def _rcpt(choices: Choices) -> bytes:
    if choices.octet() % 4:
        recipient = f"{choices.of(('alice', 'boris', 'clara.whole'))}{_told(choices)}@{DOMAIN}"
    else:
        recipient = f"{choices.of(_NAMES)}@{choices.of(_DOMAINS)}"
    tag = choices.of(("TO:", "TO:", "TO:", "to:", "TO: ", "FROM:"))
    return f"{_cased(choices, 'RCPT')} {tag}<{recipient}>{choices.of(_RCPT_PARAMETERS)}".encode() + choices.of(_ENDS)


def _content(choices: Choices) -> bytes:
    words = b"".join(choices.of(_CONTENTS) for _ in range(choices.octet() % 6))
    told = choices.of(("", "", "alice:", "boris:")) + choices.of(TOLD)
    return told.encode() + b"\r\n" + words + choices.of((b"\r\n.\r\n",) * 15 + (b"\n.\r\n",))


def _delivery(choices: Choices, verbs: Sequence[str]) -> bytes:
    said = [_hello(choices, verbs[:1]), b"MAIL FROM:<news%s@sender.example>\r\n" % _told(choices).encode()]
    for _ in range(1 + choices.octet() % 3):
        name = choices.of(("alice", "boris"))
        said.append(f"RCPT TO:<{name}{_told(choices)}@{DOMAIN}>\r\n".encode())
    return b"".join([*said, b"DATA\r\n", _content(choices)])


def _auth(choices: Choices) -> bytes:
    line = f"{_cased(choices, 'AUTH')} {choices.of(_MECHANISMS)}".encode()
    initial = _encoded(choices) if choices.octet() % 2 else b""
    return line + b" " * bool(initial) + initial + b"\r\n" + (_response(choices) if choices.octet() % 2 else b"")


def _encoded(choices: Choices) -> bytes:
    secret = base64.b64encode(choices.of(_CREDENTIALS))
    return choices.of((secret, secret, secret, secret[:-1], b"=", b"*", b"!" + secret, secret + b" "))


def _response(choices: Choices) -> bytes:
    return _encoded(choices) + choices.of(_ENDS)


def _xclient(choices: Choices) -> bytes:
    address = f"ADDR={choices.of(ADDRESSES)}"
    words = [address, *(choices.of(_XCLIENT) for _ in range(choices.octet() % 3))]
    return f"{_cased(choices, 'XCLIENT')} {' '.join(words[choices.octet() % 2 :])}".encode() + choices.of(_ENDS)
