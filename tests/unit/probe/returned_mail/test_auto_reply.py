"""Complaints, automatic answers, and what is neither; and mail that means harm."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest

from probe.returned_mail import RecipientEntry, ReturnedKind, read

COMPLAINT = dedent("""\
    From: feedback@acme.example
    To: abuse@sender.example
    Subject: Abuse report
    Content-Type: multipart/report; report-type=feedback-report; boundary=b

    --b

    This is an email abuse report.
    --b
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    User-Agent: Loop/1
    Version: 1
    Original-Rcpt-To: <ann@acme.example>

    --b
    Content-Type: message/rfc822

    From: news@sender.example
    To: Ann Berg <list@acme.example>
    Message-ID: <1@sender.example>

    Dear Ann
    --b--
    """)
VACATION = "From: Ann <ann@acme.example>\nTo: news@sender.example\nIn-Reply-To: <1@sender.example>\n"


def test_a_complaint_names_who_complains_and_about_which_message() -> None:
    found = read(COMPLAINT.encode())
    assert found.kind is ReturnedKind.COMPLAINT
    assert found.recipients == (RecipientEntry("ann@acme.example", text="abuse"),)
    assert (found.message_id, found.subject) == ("<1@sender.example>", "Abuse report")


def test_a_complaint_that_hides_the_recipient_has_the_messages_own() -> None:
    octets = COMPLAINT.replace("Original-Rcpt-To: <ann@acme.example>", "Redacted-Address: redacted").encode()
    assert [entry.recipient for entry in read(octets).recipients] == ["list@acme.example"]
    redacted = octets.replace(b"Ann Berg <list@acme.example>", b"redacted")
    assert (read(redacted).kind, read(redacted).recipients) == (ReturnedKind.COMPLAINT, ())


def test_microsofts_complaint_is_the_message_itself() -> None:
    octets = dedent("""\
        From: staff@hotmail.example
        Subject: complaint about message from 192.0.2.1
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: message/rfc822

        X-HmXmrOriginalRecipient: ann@acme.example
        Message-ID: <1@sender.example>
        To: list@sender.example

        Dear Ann
        --b--
        """)
    found = read(octets.encode())
    assert [entry.recipient for entry in found.recipients] == ["ann@acme.example"]
    assert (found.kind, found.message_id) == (ReturnedKind.COMPLAINT, "<1@sender.example>")


@pytest.mark.parametrize(
    "says_so",
    [
        "Auto-Submitted: auto-replied (vacation)", "X-Autoreply: yes", "Precedence: auto_reply",
        "Subject: Automatic reply: Spring news", "Subject: Out of office", "Subject: Abwesenheitsnotiz",
        "Subject: =?utf-8?Q?R=C3=A9ponse_automatique?=", "Subject: 自動返信",
    ],
)  # fmt: skip
def test_an_automatic_answer_names_who_gave_it(says_so: str) -> None:
    found = read(f"{VACATION}{says_so}\n\nI am away.\nAsk ben@acme.example.\n".encode())
    assert found.kind is ReturnedKind.AUTO_REPLY
    assert found.recipients == (RecipientEntry("ann@acme.example", text="I am away. Ask ben@acme.example."),)
    assert found.message_id == "<1@sender.example>"


def test_a_receipt_is_an_automatic_answer() -> None:
    octets = VACATION + dedent("""\
        Subject: Read
        Content-Type: multipart/report; report-type=disposition-notification; boundary=b

        --b

        Your message was displayed.
        --b
        Content-Type: message/disposition-notification

        Final-Recipient: rfc822;ann@acme.example
        Original-Message-ID: <2@sender.example>
        Disposition: manual-action/MDN-sent-manually; displayed
        --b--
        """)
    found = read(octets.encode())
    assert (found.kind, found.recipients[0].recipient, found.message_id) == (
        ReturnedKind.AUTO_REPLY, "ann@acme.example", "<2@sender.example>",
    )  # fmt: skip


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
