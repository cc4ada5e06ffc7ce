"""Complaints: feedback reports, with and without the recipient, and Microsoft's own form."""

from __future__ import annotations

from textwrap import dedent

import pytest

from probe.returned_mail import RecipientEntry, ReturnedKind, read
from probe.returned_mail.arf import is_complaint

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


@pytest.mark.parametrize("kind", ["not-spam", "opt-out", "opt-out-list", "auth-failure", "Not-Spam", "miscategorized"])
def test_feedback_that_is_no_complaint_keeps_its_type(kind: str) -> None:
    found = read(COMPLAINT.replace("Feedback-Type: abuse", f"Feedback-Type: {kind}").encode())
    assert found.kind is ReturnedKind.FEEDBACK
    assert found.recipients == (RecipientEntry("ann@acme.example", text=kind.lower()),)


def test_other_types_are_complaints_also_unknown_ones() -> None:
    assert all(map(is_complaint, ("abuse", "fraud", "virus", "other", "grumble", "")))
    assert not any(map(is_complaint, ("not_spam", " Opt-Out ")))
