"""Reading any returned mail: what is not a report, what names no recipient, and hostile input."""

from __future__ import annotations

import time

import pytest

from probe.returned_mail import ReturnedKind, read


@pytest.mark.parametrize("octets", [b"", b"\0", b"Hello", b"Subject: Lunch?\n\nann@acme.example\n", b"\xff" * 9])
def test_what_is_nothing_of_the_kind_is_unreadable(octets: bytes) -> None:
    assert (read(octets).kind, read(octets).recipients) == (ReturnedKind.UNREADABLE, ())


HEAD = b"From: MAILER-DAEMON\r\nSubject: Undelivered\r\n"


MIB = 1 << 20


HARMFUL = {
    "no end of a word": b"a" * 9 * MIB,
    "at signs": HEAD + b"\n" + b"a@" * MIB,
    "line ends": b"\n" * MIB,
    "parameters": b"Content-Type: x" + b";" * MIB,
    "a folded field": b"Content-Type: x\n" + b" ;\n" * (MIB // 3),
    "quotes": b"Content-Type: x; " + b'"' * MIB,
    "a number too long": b"Content-Type: x; a*" + b"9" * 5000 + b"=1\n\n",
    "multiparts nested": HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(20_000)),
    "a few multiparts around many lines": HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(3)
    ) + b"\n" * MIB,
    "messages nested": HEAD + b"Content-Type: message/rfc822\n\n" * 40_000,
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "groups": HEAD + b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822;a@b.example\n\n" * 30_000,
    "a folded diagnostic": HEAD + b"Content-Type: message/delivery-status\n\nFinal-Recipient: a@b.example\n"
    b"Diagnostic-Code: smtp;\n" + b" x\n" * 300_000,
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 90_000,
    "punycode": b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * MIB,
    "tags": HEAD + b"Content-Type: text/html\n\n" + b"<" * MIB,
    "phrases": HEAD + b"\n" + b"could not be delivered to " * 40_000,
    "recipients": HEAD + b"\n" + b"".join(b"a%d@b.example\n" % number for number in range(60_000)),
    "codes": HEAD + b"\nHi. This is the x\n<a@b.example>:\n" + b"550 " * 250_000,
    "To": b"Content-Type: multipart/report; boundary=b\n\n--b\n\nFeedback-Type: abuse\n--b\n"
    b"Content-Type: text/rfc822-headers\n\n" + (b"To: " + b"a@" * 700 + b"\n") * 700,
}  # fmt: skip


@pytest.mark.parametrize("octets", HARMFUL.values(), ids=HARMFUL)
def test_mail_that_means_harm_takes_no_time_beyond_its_size(octets: bytes) -> None:
    began = time.process_time()
    found = read(octets)
    assert time.process_time() - began < 10
    assert len(found.recipients) <= 1000


def test_half_an_address_is_no_address() -> None:
    fields = b"".join(
        b"Final-Recipient: rfc822;ann%d@acme.example.com\nAction: failed\n\n" % each for each in range(99_999)
    )
    for cut in range(40):
        found = read(HEAD + b"Content-Type: message/delivery-status\n\n" + b"\n" * cut + fields).recipients
        assert {entry.recipient.partition("@")[2] for entry in found} == {"acme.example.com"}
    many = b", ".join(b"ann%d@acme.example.com" % each for each in range(9_999))
    named = read(b"X-Failed-Recipients: " + many + b"\n" + HEAD + b"\n").recipients
    assert {entry.recipient.partition("@")[2] for entry in named} == {"acme.example.com"}
    assert len(named) == 1000


def test_what_stands_apart_is_not_joined() -> None:
    named = read(HEAD + b"\nFinal-Recipient: rfc822;ann@acme.example\0more\nAction: failed\n").recipients
    assert [entry.recipient for entry in named] == ["ann@acme.example"]
