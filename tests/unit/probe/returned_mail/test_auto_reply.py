"""Automatic answers: vacation notes and receipts."""

from __future__ import annotations

from textwrap import dedent

import pytest

from probe.returned_mail import RecipientEntry, ReturnedKind, read

VACATION = "From: Ann <ann@acme.example>\nTo: news@sender.example\nIn-Reply-To: <1@sender.example>\n"


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
