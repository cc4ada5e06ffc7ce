"""What the gateway of a test records."""

from __future__ import annotations

from book_rows import truth
from lone_gateway import session_view

from fake_gateways.policies.session_view import Decision
from fake_gateways.smtp.envelope import Envelope, Stage
from fake_gateways.truth import Cause, Fate
from probe.testing.recorded import GatewayRecord, ReceivedMessage

CONTENT = b"Subject: =?utf-8?q?M=C3=A4rz?=\r\nContent-Type: text/html\r\n\r\n<p>As agreed.</p>\r\n"


def test_a_message_decodes_its_subject_and_its_text() -> None:
    message = ReceivedMessage("", ("ann@acme.example",), CONTENT, "127.10.0.1", "mta1.shop.example", 0.0)
    assert (message.subject, message.text, message.email["subject"]) == ("März", "As agreed.", "März")


def test_a_message_for_several_recipients_is_recorded_once() -> None:
    record = GatewayRecord()
    view = session_view()
    view.transaction, view.content = 1, CONTENT
    view.envelope = Envelope("news@shop.example", ["ann@acme.example", "bob@acme.example"])
    for recipient in view.envelope.recipients:
        record.notice(view, Decision(recipient, Stage.END_OF_DATA, None, Fate.INBOX))
    view.transaction = 2
    record.notice(view, Decision("ann@acme.example", Stage.END_OF_DATA, Cause.CONTENT, Fate.REFUSED))
    assert [message.recipients for message in record.messages] == [("ann@acme.example", "bob@acme.example")]


def test_refusals_are_the_permanent_and_the_temporary_ones() -> None:
    record = GatewayRecord()
    for fate in ("inbox", "refused", "deferred"):
        record.write(truth(fate=Fate(fate)))
    assert len(record.truth) == 3
    assert [row.fate for row in record.refused] == ["refused", "deferred"]
