"""Mail that comes home is joined with the delivery it is about, whatever state it is in."""

from __future__ import annotations

import email

import pytest

from fake_gateways.reports.dsn import Habit, Layout, Report, Undelivered
from fake_gateways.reports.layouts import compose
from fake_gateways.reports.vacation_and_arf import Received, complaint, vacation_note
from fake_gateways.smtp.reply import EnhancedStatus, Reply
from probe.records.returned import Returned, is_bounce
from probe.returned_mail import verp as return_path
from probe.returned_mail.joiner import MAX_KEPT, ReturnJoiner

ANN = "ann@acme.example"
VERP = return_path.encode("news", ANN, "bounce.sender.example")
SHARED = return_path.encode_shared("news", 7, "bounce.sender.example")
ORIGINAL = b"From: news@sender.example\r\nSubject: Hello\r\nMessage-ID: <news.7@mta1.sender.example>\r\n\r\nHello.\r\n"


def report(layout: Layout = Layout.RFC3464, habits: frozenset[Habit] = frozenset()) -> bytes:
    """Return a delivery report about Ann."""
    reply = Reply(550, ("User unknown",), EnhancedStatus(5, 1, 1))
    return compose(
        Report("mx.acme.example", 100.0, 50.0, VERP, (Undelivered(ANN, reply),), ORIGINAL, "acme.1"), layout, habits
    )


def home(to: str, content: bytes) -> list[Returned]:
    """Return the rows of a message that came to a return-path."""
    rows: list[Returned] = []
    ReturnJoiner("acme", rows.append).accept(to, content, 123.4567891)
    return rows


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("habit", [None, *Habit])
def test_a_report_joins_by_its_return_path_in_every_layout_and_with_every_habit(
    layout: Layout, habit: Habit | None
) -> None:
    (row,) = home(VERP, report(layout, frozenset({habit} - {None})))  # type: ignore[arg-type]
    assert (row.campaign, row.recipient, row.joined_by, row.kind) == ("news", ANN, "return-path", "report")
    assert is_bounce(row)
    assert row.content == ""


def test_a_report_to_a_shared_return_path_joins_by_the_recipient_it_names() -> None:
    (row,) = home(SHARED, report())
    assert (row.campaign, row.recipient, row.joined_by) == ("news", ANN, "report")


def test_what_cannot_be_read_is_kept_and_joins_by_its_return_path() -> None:
    nonsense = b"Subject: \xff\xfe\r\n\r\n" + b"z" * (2 * MAX_KEPT)
    (row,) = home(VERP, nonsense)
    assert (row.kind, row.recipient, row.joined_by) == ("unreadable", ANN, "return-path")
    assert row.content.encode("latin-1") == nonsense[:MAX_KEPT]
    assert not is_bounce(row)


def test_what_joins_nothing_is_kept_too() -> None:
    (row,) = home("stranger@bounce.sender.example", b"Subject: Hello\r\n\r\nHello.\r\n")
    assert (row.campaign, row.recipient, row.joined_by) == ("", "", "")
    assert row.content.startswith("Subject: Hello")


def received() -> Received:
    """Return the message that somebody answers."""
    return Received("mx.acme.example", 100.0, 50.0, "acme.2", VERP, ANN, "127.10.0.1", ORIGINAL)


def test_a_vacation_note_is_no_bounce() -> None:
    (row,) = home(VERP, vacation_note(received()))
    assert (row.kind, row.recipient, row.joined_by) == ("auto-reply", ANN, "return-path")
    assert not is_bounce(row)


def test_a_vacation_note_answers_the_message_as_a_reply_does() -> None:
    note = email.message_from_bytes(vacation_note(received()))
    assert note["In-Reply-To"] == note["References"] == "<news.7@mta1.sender.example>"
    assert note["Auto-Submitted"] == "auto-replied (vacation)"


@pytest.mark.parametrize("to", [VERP, SHARED])
def test_a_complaint_is_no_bounce_and_names_its_recipient(to: str) -> None:
    (row,) = home(to, complaint(received()))
    assert (row.kind, row.recipient) == ("complaint", ANN)
    assert row.message_id == "<news.7@mta1.sender.example>"
    assert not is_bounce(row)


def test_rows_are_numbered_and_dated() -> None:
    rows: list[Returned] = []
    box = ReturnJoiner("acme", rows.append)
    for at in (1.0, 2.0):
        box.accept(VERP, report(), at)
    assert [(row.lane, row.seq, row.at) for row in rows] == [("acme", 1, 1.0), ("acme", 2, 2.0)]


def test_a_report_about_a_forward_joins_by_the_address_that_was_mailed() -> None:
    fields = "Final-Recipient: rfc822; ann@home.example\r\nOriginal-Recipient: rfc822;ann@acme.example\r\n"
    forwarded = (
        f"From: MAILER-DAEMON\r\nSubject: Undelivered\r\n\r\n{fields}Action: failed\r\nStatus: 5.2.2\r\n".encode()
    )
    for to in (SHARED, VERP):
        (row,) = home(to, forwarded)
        assert (row.campaign, row.recipient, row.status) == ("news", ANN, "5.2.2")


def test_a_report_without_a_recipient_keeps_its_reason() -> None:
    (row,) = home(VERP, b"From: MAILER-DAEMON\r\nSubject: Undelivered\r\n\r\n552 5.2.2 Mailbox full\r\n")
    assert (row.kind, row.recipient, row.action, row.status, row.code) == ("report", ANN, "failed", "5.2.2", 552)
    assert row.text == "552 5.2.2 Mailbox full"
