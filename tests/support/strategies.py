"""Hypothesis strategies for what goes over the wire: replies, commands, content, and how octets are split."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from fake_gateways.smtp.reply import EnhancedStatus, Reply


def examples(count: int) -> settings:
    """Return settings for so many examples; how long one takes on a busy machine is nobody's fault."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


_STATUS_FIRST = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")

reply_lines = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=60)
    .map(str.strip)
    .filter(lambda line: not _STATUS_FIRST.match(line))
)
"""One line of a reply's text: no line end, no blanks around it, and no enhanced status of its own."""


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """Return a reply as a server may say it: an enhanced status, if any, agrees with the code (RFC 3463 section 2)."""
    code = draw(st.integers(200, 599))
    number = st.integers(0, 999)
    status = st.builds(EnhancedStatus, st.just(code // 100), number, number)
    enhanced = draw(st.none() | status) if code // 100 != 3 else None
    return Reply(code, tuple(draw(st.lists(reply_lines, min_size=1, max_size=4))), enhanced)


@st.composite
def pieces(draw: st.DrawFn, octets: bytes) -> list[bytes]:
    """Return octets cut at any places, as a network may deliver them; sometimes one by one."""
    if draw(st.integers(0, 4)) == 0:
        return [octets[place : place + 1] for place in range(len(octets))]
    cuts = sorted(draw(st.lists(st.integers(0, len(octets)), max_size=8)))
    return [octets[start:end] for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True)]


_ATOM = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789!#$%&'*+-/=?^_`{|}~", min_size=1, max_size=12)
_LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
_QUOTED = st.from_regex(r'"([ !#-\[\]-~]|\\[ -~]){0,12}"', fullmatch=True)

domains = st.lists(_LABEL, min_size=1, max_size=4).map(".".join)
addresses = st.builds("{}@{}".format, st.lists(_ATOM, min_size=1, max_size=3).map(".".join) | _QUOTED, domains)
"""Mailboxes as RFC 5321 4.1.2 writes them, dot-strings and quoted strings."""

_words = st.sampled_from(
    "MAIL RCPT DATA EHLO HELO RSET NOOP QUIT VRFY HELP mail rcpt FROM: TO: from: <> < > <a@b.example> <postmaster> "
    "SIZE=1 SIZE= BODY=8BITMIME BODY X=Y = <@r.example:a@b.example> @ : é \0 \r \n \t \x7f".split(" ")
)
command_lines = (
    st.lists(_words, max_size=6).map(" ".join).map(str.encode)
    | st.lists(_words, max_size=6).map("".join).map(str.encode)
    | st.binary(max_size=80)
)
"""Lines that are commands, nearly commands, or nothing of the kind."""

contents = st.lists(
    st.sampled_from([b"\r\n", b"\r\n", b"\n", b"\r", b".", b"..", b"a", b"Subject: b", b"\r\n.", b"\0", b"\xff"]),
    max_size=24,
).map(b"".join)
"""Message content rich in dots and line ends of every kind."""

_header = st.sampled_from(
    [
        b"Subject: =?utf-8?b?a?=",
        b"Subject: =?undefined?q?a?=",
        b"Subject: =?unicode_escape?q?=5Cud800?=",
        b"Subject: \xff\xfe",
        b"Content-Type: text/plain; charset=undefined",
        b"Content-Type: text/plain; charset=unicode_escape",
        b"Content-Type: text/plain; charset=idna",
        b"Content-Type: text/html; charset=utf-16",
        b'Content-Type: text/html; charset="a\0b"',
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: message/rfc822",
        b"Content-Type: \xff/\xff; charset=\xff",
        b'Content-Disposition: attachment; filename="\xff.exe"',
        b"Content-Disposition: attachment; filename*=undefined''x.exe",
        b"Content-Disposition: attachment; filename*=unicode_escape''%5Cud800.exe",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Transfer-Encoding: uuencode",
        b"Content-Transfer-Encoding: \xff",
    ]
)
_body = st.sampled_from(
    [
        b"--b",
        b"--b--",
        b"",
        b"a=",
        b"=ZZ",
        b"\\ud800",
        b"\x00\xd8",
        b"<![foo[",
        b"<!DOCTYPE [",
        b"<![if",
        b"<a href='https://a.example/'>",
        b"&#xD800;",
        b"&#99999999999;",
        b"begin 666 x",
        b"\xff",
    ]
)
_parts = st.builds(
    lambda headers, body: b"\r\n".join([*headers, b"", *body]),
    st.lists(_header, max_size=4),
    st.lists(_body, max_size=4),
)
hostile_messages = st.lists(_parts, min_size=1, max_size=4).map(b"\r\n--b\r\n".join) | st.binary(max_size=200)
"""Messages whose headers and bodies break rules that parsers rely on."""
