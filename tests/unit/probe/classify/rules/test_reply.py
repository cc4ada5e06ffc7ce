"""The reply that rules are applied to: the last one, the diagnostic of a report, or a written one."""

from __future__ import annotations

import pytest
from book_rows import attempt, refused, returned

from fake_gateways.smtp.envelope import Stage
from probe.classify import Evidence
from probe.classify.rules.reply import ReceivedReply, deciding_reply, parse_reply

REPORT = returned(text="550 5.1.1 User unknown")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("550 5.1.1 User unknown", ReceivedReply(550, "5.1.1", "User unknown", "rcpt")),
        ("550 User unknown", ReceivedReply(550, None, "User unknown", "rcpt")),
        ("550-5.1.1 User\n550 5.1.1 unknown", ReceivedReply(550, "5.1.1", "User\nunknown", "rcpt")),
        ("554-mx.example\r\n554 rejected", ReceivedReply(554, None, "mx.example\nrejected", "rcpt")),
        ("550 4.1.1 of another class", ReceivedReply(550, None, "4.1.1 of another class", "rcpt")),
        ("smtp; 550 5.1.1 User unknown", ReceivedReply(550, "5.1.1", "User unknown", "rcpt")),
        ("X-Postfix; 550 no", ReceivedReply(550, None, "no", "rcpt")),
        ("550", ReceivedReply(550, None, "", "rcpt")),
        ("User unknown", ReceivedReply(None, None, "User unknown", "rcpt")),
        ("", ReceivedReply(None, None, "", "rcpt")),
    ],
)
def test_a_written_reply_is_read(said: str, words: ReceivedReply) -> None:
    assert parse_reply(said) == words


@pytest.mark.parametrize("said", ["550 5.1.1 User unknown", "550-5.1.1 User\n550 5.1.1 unknown", "550 User", "User"])
def test_a_reply_is_written_as_it_was_sent(said: str) -> None:
    assert parse_reply(said).wire == said


def test_the_last_reply_decides() -> None:
    evidence = Evidence("ann@acme.example", (refused(text="earlier"), refused(code=554, enhanced=None, text="No")))
    assert deciding_reply(evidence) == ReceivedReply(554, None, "No", evidence.last.stage)


def test_a_report_about_an_accepted_message_decides_with_its_own_code_and_status() -> None:
    evidence = Evidence("ann@acme.example", (attempt(),), (REPORT,))
    assert deciding_reply(evidence) == ReceivedReply(550, "5.1.1", "User unknown", Stage.REPORT)


def test_a_report_without_a_code_in_its_text_has_its_fields() -> None:
    report = REPORT._replace(code=None, status="5.2.2", text="mailbox full")
    evidence = Evidence("ann@acme.example", (attempt(),), (report,))
    assert deciding_reply(evidence) == ReceivedReply(550, "5.2.2", "mailbox full", Stage.REPORT)
