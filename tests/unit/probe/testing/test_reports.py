"""Delivery reports that a test asks for: whose they are, what they say, and which message they return."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from book_rows import truth
from lone_gateway import LoneGateway

from fake_gateways.reports.dsn import Layout
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Refuse
from fake_gateways.wording import Wording
from probe.input_error import InputError
from probe.returned_mail import read
from probe.testing.recorded import GatewayRecord, ReceivedMessage
from probe.testing.reports import Original, ReportWriter

ANN, VERP = "ann@northwind.example", "news+ann=northwind.example@shop.example"
CONTENT = b"Subject: Invoice 7\r\nMessage-ID: <7@shop.example>\r\n\r\nPlease pay.\r\n"


def written(record: GatewayRecord | None = None, recipient: str = ANN, **wanted: Any) -> bytes:
    """Return a report of a gateway of the persona exchange-online."""
    writer = ReportWriter(LoneGateway(persona="exchange-online").gateway, record or GatewayRecord())
    settings: dict[str, Any] = {"verdict": None, "layout": None, "sender": None, "message": None}
    return writer.write((recipient,), **settings | wanted)


def received() -> GatewayRecord:
    """Return the record of a message for two recipients."""
    record = GatewayRecord()
    record.messages.append(ReceivedMessage(VERP, (ANN, "bob@northwind.example"), CONTENT, "127.0.0.1", "mta1", 0.0))
    return record


def refused() -> GatewayRecord:
    """Return the record of a refusal."""
    record = GatewayRecord()
    row = truth(recipient=ANN, return_path=VERP, cause=Cause.MAILBOX_FULL, claimed=Cause.MAILBOX_FULL)
    record.write(row._replace(fate=Fate.DEFERRED, code=452, enhanced="4.2.2", text="Over\nquota"))
    return record


def test_it_returns_the_last_message_to_the_recipient_in_the_gateways_layout() -> None:
    report = written(received(), "Ann@northwind.example")
    mail = message_from_bytes(report)
    assert (mail["To"], mail["Subject"]) == (f"<{VERP}>", "Undeliverable: Invoice 7")
    assert CONTENT in report
    (entry,) = read(report).recipients
    assert (entry.recipient, entry.action, entry.code) == ("Ann@northwind.example", "failed", 550)
    assert read(report).message_id == "<7@shop.example>"


def test_it_says_what_the_gateway_said_last_unless_the_test_says_otherwise() -> None:
    (entry,) = read(written(refused())).recipients
    assert (entry.status, entry.code) == ("4.2.2", 452)
    assert message_from_bytes(written(refused()))["To"] == f"<{VERP}>"
    verdict = Refuse(Cause.USER_UNKNOWN, wording=Wording(code=550, enhanced="5.1.1", text="No {recipient} here"))
    (entry,) = read(written(refused(), verdict=verdict, layout="postfix")).recipients
    assert (entry.status, entry.code) == ("5.1.1", 550)
    assert f"No {ANN} here" in entry.text


@pytest.mark.parametrize("layout", list(Layout))
def test_every_layout_can_be_read(layout: str) -> None:
    verdict = Refuse(Cause.USER_UNKNOWN, wording=Wording(code=550, enhanced="5.1.1", text="No such user"))
    report = written(received(), layout=layout, verdict=verdict)
    (entry,) = read(report).recipients
    assert entry.recipient == ANN
    if layout != "symantec-cloud":
        assert "mail.shop.example" in str(message_from_bytes(report)["From"])


def test_without_a_message_one_is_made_up() -> None:
    report = written(sender="sales@shop.example")
    assert message_from_bytes(report)["To"] == "<sales@shop.example>"
    assert read(report).message_id == "<northwind.report1@shop.example>"
    assert message_from_bytes(written())["To"] == "<news@shop.example>"


def original() -> EmailMessage:
    """Return a message of the standard library."""
    made = EmailMessage()
    made["Subject"] = "Prices"
    made.set_content("Grüße")
    return made


@pytest.mark.parametrize(
    "message", [b"Subject: Prices\n\nx\n", "Subject: Prices\r\n\r\nx", original()], ids=["octets", "text", "message"]
)
def test_the_message_may_be_given_in_any_form(message: Original) -> None:
    assert b"\r\nSubject: Prices\r\n" in written(received(), message=message)


def test_two_reports_differ_in_their_numbers() -> None:
    writer = ReportWriter(LoneGateway().gateway, GatewayRecord())
    reports = [writer.write((ANN,), verdict=None, layout=None, sender=None, message=None) for _ in range(2)]
    assert len({message_from_bytes(each)["Message-ID"] for each in reports}) == 2


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"recipient": "*@northwind.example"}, "gateway.report('*@northwind.example'): is not an address; "),
        ({"recipient": "northwind.example"}, "gateway.report('northwind.example'): is not an address; "),
        ({"layout": "exchange-onlin"}, "gateway.report(layout='exchange-onlin'): is not a layout of reports; did you"),
        ({"sender": ""}, "gateway.report(sender=...): no report is sent to the null return-path"),
    ],
)
def test_a_mistake_is_one_sentence(wanted: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        written(**wanted)
    assert str(raised.value).startswith(sentence)
