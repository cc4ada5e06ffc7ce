"""The part for machines as it comes: right, wrong, misplaced, and in the disguises that addresses have."""

from __future__ import annotations

import base64
import quopri
from textwrap import dedent

import pytest

from probe.returned_mail import Action, RecipientEntry, ReturnedKind, read

FIELDS = dedent("""\
    Reporting-MTA: dns; mx.acme.example

    Original-Recipient: rfc822;Ann.Berg@acme.example
    Final-Recipient: rfc822; ann@acme.example
    Action: failed
    Status: 5.1.1
    Diagnostic-Code: smtp; 550 5.1.1 <ann@acme.example>
     User unknown
    """)
ANN = RecipientEntry(
    "ann@acme.example",
    Action.FAILED,
    "5.1.1",
    550,
    "550 5.1.1 <ann@acme.example> User unknown",
    "Ann.Berg@acme.example",
)


def report(fields: str | bytes, kind: str = "message/delivery-status", encoding: str = "7bit") -> bytes:
    octets = fields.encode() if isinstance(fields, str) else fields
    head = dedent(f"""\
        From: MAILER-DAEMON@mx.acme.example
        To: news@sender.example
        Subject: Undelivered Mail
        Content-Type: multipart/report; report-type=delivery-status; boundary="=b="

        --=b=

        Sorry.

        --=b=
        Content-Type: {kind}
        Content-Transfer-Encoding: {encoding}

        """)
    return head.encode() + octets + b"\n--=b=--\n"


def one(fields: str) -> RecipientEntry:
    (entry,) = read(report(f"Final-Recipient: rfc822;ann@acme.example\n{fields}")).recipients
    return entry


def whom(field: str) -> list[str]:
    return [entry.recipient for entry in read(report(f"{field}\nAction: failed\nStatus: 5.1.1\n")).recipients]


@pytest.mark.parametrize(
    "kind",
    ["message/delivery-status", "Message/Delivery-Status; charset=us-ascii", "message/global-delivery-status",
     "text/plain", "text/rfc822-headers", "application/octet-stream", "garbage"],
)  # fmt: skip
def test_fields_are_read_whatever_their_content_type_says(kind: str) -> None:
    assert read(report(FIELDS, kind)).recipients == (ANN,)


def test_fields_are_read_when_encoded() -> None:
    assert read(report(base64.encodebytes(FIELDS.encode()), encoding="base64")).recipients == (ANN,)
    assert read(report(quopri.encodestring(FIELDS.encode()), encoding="quoted-printable")).recipients == (ANN,)


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS.replace("\n", "\n\n"),
        FIELDS.replace("\n\n", "\n"),
        FIELDS.replace("\n User", "\nUser"),
        FIELDS.replace("\n", "\r\n"),
        FIELDS.replace(": ", " :"),
        FIELDS.replace("\n", " \n"),
        FIELDS.upper().replace("ACME.EXAMPLE", "acme.example").replace("ANN@", "ann@").replace("ANN.BERG", "Ann.Berg"),
    ],
    ids=["blank lines doubled", "no blank lines", "not folded", "CRLF", "blank before the colon", "trailing blanks",
         "upper case"],
)  # fmt: skip
def test_fields_are_read_however_they_are_written(fields: str) -> None:
    (entry,) = read(report(fields)).recipients
    assert entry[:4] == ANN[:4]
    assert entry.original_recipient == "Ann.Berg@acme.example"
    assert "unknown" in entry.text.lower()


def test_fields_are_read_from_a_report_without_its_boundaries() -> None:
    octets = report(FIELDS).replace(b"--=b=", b"")
    assert [entry[:4] for entry in read(octets).recipients] == [ANN[:4]]


def test_fields_are_read_from_an_attached_report() -> None:
    head = b"From: ann@sender.example\nSubject: Fwd: Undelivered Mail\n"
    attached = b"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n"
    assert read(head + attached + report(FIELDS) + b"--o--\n").recipients == (ANN,)


def test_groups_are_told_apart_by_what_they_repeat() -> None:
    group = "Final-Recipient: rfc822; {}@acme.example\nAction: failed\nStatus: {}\n"
    octets = report("\n".join([group.format("ann", "5.1.1"), group.format("ben", "5.2.2")]))
    assert [(entry.recipient, entry.status) for entry in read(octets).recipients] == [
        ("ann@acme.example", "5.1.1"), ("ben@acme.example", "5.2.2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("Final-Recipient: ann@acme.example", "ann@acme.example"),
        ("Final-Recipient: <ann@acme.example>", "ann@acme.example"),
        ("Final-Recipient: rfc822; <ann@acme.example>", "ann@acme.example"),
        ("Final-Recipient: rfc/822;ann@acme.example", "ann@acme.example"),
        ("Final-Recipient: RFC822;ann+news@acme.example", "ann+news@acme.example"),
        ("Final-Recipient: rfc822;ann+40acme.example", "ann@acme.example"),
        ("Final-Recipient: utf-8;änne@acme.example", "änne@acme.example"),
        (r"Final-Recipient: utf-8;\x{E4}nne@acme.example", "änne@acme.example"),
        ('Final-Recipient: rfc822;"ann..b"@acme.example', '"ann..b"@acme.example'),
        ("Original-Recipient: rfc822;ann@acme.example", "ann@acme.example"),
        ("Final-Recipient: x-unix;|/bin/procmail\nX-Actual-Recipient: rfc822;ann@acme.example", "ann@acme.example"),
        ("Final-Recipient: rfc822;|/bin/procmail ann@acme.example /home/ann", "ann@acme.example"),
    ],
)
def test_an_address_is_read_in_every_disguise(field: str, address: str) -> None:
    assert whom(field) == [address]


@pytest.mark.parametrize(
    "field",
    ["Final-Recipient: rfc822;", "Final-Recipient: rfc822;ann", "Final-Recipient: rfc822;ann@", "Final-Recipient: x@y",
     "Final-Recipient: rfc822;ann@acme_example", f"Final-Recipient: rfc822;{'a' * 90}@acme.example"],
)  # fmt: skip
def test_what_is_no_address_is_nobody(field: str) -> None:
    assert whom(field) == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("Status: 5.2.2 (mailbox full)\nDiagnostic-Code: smtp; 550 5.1.1 no", "5.2.2"),
        ("Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.7.1 Blocked", "5.7.1"),
        ("Status: 5.1.1\nDiagnostic-Code: smtp; 552 5.2.2 Full", "5.2.2"),
        ("Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 550 5.7.1 Blocked", "4.4.1"),
        ("Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 no", "5.1.1"),
        ("Status: 5.0.0\nDiagnostic-Code: smtp; 550 no", "5.0.0"),
        ("Diagnostic-Code: smtp; 550 5.1.1 no", "5.1.1"),
        ("Diagnostic-Code: smtp; 550 no from 5.1.1.7", None),
        ("Status: failed", None),
    ],
)
def test_the_stated_status_counts_unless_the_server_said_another(fields: str, status: str | None) -> None:
    assert one(fields).status == status


@pytest.mark.parametrize(
    ("diagnostic", "code"),
    [
        ("smtp; 550 no", 550),
        ("smtp;550-5.7.1 no\n 550 5.7.1 really", 550),
        ("X-Postfix; host mx.acme.example[192.0.2.25] said: 452 full", 452),
        ("X-Postfix; connect to mx.acme.example[192.0.2.250]:250: timed out after 500s", None),
        ("X-Unix; 255", None),
        ("smtp; The mailbox 550@acme.example", None),
    ],
)
def test_the_code_is_what_the_server_said(diagnostic: str, code: int | None) -> None:
    assert one(f"Diagnostic-Code: {diagnostic}").code == code


@pytest.mark.parametrize(
    ("field", "action"),
    [
        ("Action: delayed", Action.DELAYED),
        ("Action: Failed (permanently)", Action.FAILED),
        ("Action: relayed", Action.RELAYED),
        ("Action: expanded", Action.EXPANDED),
        ("Action: error", Action.FAILED),
        ("Action: deliverable", Action.DELIVERED),
        ("Status: 4.4.1", Action.DELAYED),
        ("Status: 5.1.1", Action.FAILED),
    ],
)
def test_the_action_is_stated_or_follows_from_the_status(field: str, action: Action) -> None:
    assert one(field).action is action


def test_what_stands_in_the_original_is_about_nobody() -> None:
    octets = report(FIELDS.replace("Ann.Berg@", "ann@")).replace(
        b"--=b=--",
        b"--=b=\nContent-Type: message/rfc822\n\nSubject: x\n\nFinal-Recipient: rfc822; ben@acme.example\n--=b=--",
    )
    assert [entry.recipient for entry in read(octets).recipients] == ["ann@acme.example"]
    assert read(octets).kind is ReturnedKind.REPORT


def test_words_about_several_are_given_to_none_of_them() -> None:
    group = "Final-Recipient: rfc822; {}@acme.example\nAction: failed\n\n"
    text = b"Lost for:\n\nann@acme.example, ben@acme.example\n\n550 5.1.1 no such user\n"
    both = report(group.format("ann") + group.format("ben")).replace(b"Sorry.\n", text)
    assert [entry[2:5] for entry in read(both).recipients] == [(None, None, "")] * 2
    alone = report(group.format("ann")).replace(b"Sorry.\n", text)
    assert [entry[2:4] for entry in read(alone).recipients] == [("5.1.1", 550)]


def test_fields_without_a_recipient_keep_what_they_say() -> None:
    found = read(report("Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 Full\n"))
    assert (found.kind, found.recipients) == (ReturnedKind.REPORT, ())
    assert found.unnamed == RecipientEntry("", Action.FAILED, "5.2.2", 552, "552 5.2.2 Full")


def test_a_quoted_local_part_names_its_mailbox_and_not_another() -> None:
    fields = FIELDS.replace("ann@acme.example", '"ann lee"@acme.example')
    assert [each.recipient for each in read(report(fields)).recipients] == ['"ann lee"@acme.example']
