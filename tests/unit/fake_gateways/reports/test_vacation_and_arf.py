"""Tests of vacation notes and complaints."""

from __future__ import annotations

import email

from lone_gateway import ALICE, CLEAN, PEER, RETURN_PATH, STARTS

from fake_gateways.reports.vacation_and_arf import Received, complaint, vacation_note


def received(original: bytes = CLEAN) -> Received:
    """Return a message that has reached Alice."""
    return Received("mx.example", STARTS + 60.0, STARTS, "northwind.1", RETURN_PATH, ALICE, PEER, original)


def test_a_vacation_note_is_an_automatic_reply_of_the_recipient_to_the_message() -> None:
    note = email.message_from_bytes(vacation_note(received()))
    assert note["Auto-Submitted"] == "auto-replied (vacation)"
    assert (note["From"], note["To"]) == (f"<{ALICE}>", f"<{RETURN_PATH}>")
    assert note["Subject"] == "Out of office: Minutes"
    assert note["In-Reply-To"] == note["References"] == "<1@messenger.example>"


def test_a_vacation_note_refers_to_nothing_if_the_message_has_no_id() -> None:
    note = email.message_from_bytes(vacation_note(received(b"Subject: Minutes\r\n\r\n")))
    assert note["In-Reply-To"] is None


def test_a_complaint_is_a_feedback_report_about_abuse_with_the_header_of_the_message() -> None:
    report = email.message_from_bytes(complaint(received()))
    assert report.get_param("report-type") == "feedback-report"
    kinds = [part.get_content_type() for part in report.walk()]
    assert kinds[:4] == ["multipart/report", "text/plain", "message/feedback-report", "text/plain"]
    assert "message/rfc822" in kinds
    text = complaint(received()).decode()
    assert f"Original-Rcpt-To: <{ALICE}>" in text
    assert f"Source-IP: {PEER}" in text
    assert "Feedback-Type: abuse" in text
    assert "As agreed." not in text


def test_a_line_break_in_the_subject_adds_no_header() -> None:
    note = email.message_from_bytes(vacation_note(received(b"Subject: Minutes\r\n Bcc: eve@elsewhere.example\r\n\r\n")))
    assert note["Bcc"] is None
