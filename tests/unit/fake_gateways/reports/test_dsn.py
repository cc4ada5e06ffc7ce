"""Delivery reports: every layout with every habit, read back by Python's email and by flufl.bounce."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage, Message
from itertools import product
from typing import Any, cast

import pytest
from flufl.bounce import scan_message

from fake_gateways.reports.dsn import MAX_QUOTED_OCTETS, Habit, Layout, Report, Undelivered, disagreeing
from fake_gateways.reports.layouts import compose
from fake_gateways.smtp.reply import EnhancedStatus, Reply

ANN, BEN = "ann@acme.example", "ben@acme.example"
RETURN_PATH = "news+ann=acme.example@bounce.sender.example"
UNKNOWN = Reply(550, ("User unknown",), EnhancedStatus(5, 1, 1))
BLOCKED = Reply(550, ("IP address blocked",), EnhancedStatus(5, 7, 1))
ORIGINAL = (
    b"From: news@sender.example\r\nSubject: Spring news\r\nMessage-ID: <1@sender.example>\r\n\r\nDear Ann,\r\nhi.\r\n"
)
REPORT = Report(
    host="mx.acme.example",
    at=1_772_438_460.0,
    arrived_at=1_772_438_400.0,
    return_path=RETURN_PATH,
    undelivered=(Undelivered(ANN, UNKNOWN),),
    original=ORIGINAL,
    number="acme.1",
)
BOTH = replace(
    REPORT, undelivered=(Undelivered(ANN, UNKNOWN), Undelivered(BEN, BLOCKED, remote_host="mail.acme.example"))
)
TEXT_ONLY = {Layout.SYMANTEC_CLOUD, Layout.EXIM, Layout.QMAIL}
every_layout = pytest.mark.parametrize("layout", list(Layout))


def read(octets: bytes) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(octets, policy=email.policy.default))


def found(octets: bytes) -> set[str]:
    """Return the addresses that flufl.bounce takes for failed."""
    return {address.decode() for address in scan_message(email.message_from_bytes(octets))}


def machine_part(message: EmailMessage) -> list[Message]:
    """Return the groups of fields: the message's, then each recipient's."""
    part = next(part for part in message.walk() if part.get_content_type() == "message/delivery-status")
    return cast("list[Any]", part.get_payload())


@every_layout
@pytest.mark.parametrize("report", [REPORT, BOTH], ids=["one recipient", "two recipients"])
def test_a_bounce_parser_finds_the_failed_recipients_and_nobody_else(layout: Layout, report: Report) -> None:
    assert found(compose(report, layout)) == {each.recipient for each in report.undelivered}


@every_layout
@pytest.mark.parametrize("habits", [(), *((habit,) for habit in Habit), tuple(Habit)], ids=str)
def test_a_report_is_mail_without_defects_to_the_return_path(layout: Layout, habits: tuple[Habit, ...]) -> None:
    octets = compose(REPORT, layout, frozenset(habits))
    message = read(octets)
    assert [defect for part in message.walk() for defect in part.defects] == []
    assert message["To"].addresses[0].addr_spec == RETURN_PATH
    assert message["Date"].datetime.timestamp() == REPORT.at
    assert message["Message-ID"] == "<acme.1@mx.acme.example>"
    assert message["Auto-Submitted"].startswith("auto-")
    assert not any(line for line in octets.split(b"\r\n") if b"\n" in line or b"\r" in line)
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert ANN in octets.decode()


@every_layout
def test_a_layout_for_machines_follows_rfc_3464(layout: Layout) -> None:
    message = read(compose(BOTH, layout))
    if layout in TEXT_ONLY:
        assert message.get_content_type() == "text/plain"
        return
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "message/delivery-status", "message/rfc822"]
    about, *groups = machine_part(message)
    assert about["Reporting-MTA"] == "dns; mx.acme.example"
    assert [group["Final-Recipient"] for group in groups] == [f"rfc822; {ANN}", f"rfc822; {BEN}"]
    assert {group["Action"] for group in groups} == {"failed"}
    assert groups[0]["Diagnostic-Code"] == "smtp; 550 5.1.1 User unknown"
    assert (groups[0]["Remote-MTA"], groups[1]["Remote-MTA"]) == (None, "dns; mail.acme.example")


@every_layout
def test_the_original_comes_back_whole_or_by_its_header_or_not_at_all(layout: Layout) -> None:
    assert b"Message-ID: <1@sender.example>\r\n\r\nDear Ann," in compose(REPORT, layout)
    header_only = compose(replace(REPORT, headers_only=True), layout)
    assert b"Message-ID: <1@sender.example>" in header_only
    assert b"Dear Ann" not in header_only
    without = compose(REPORT, layout, frozenset({Habit.NO_ORIGINAL}))
    assert b"Dear Ann" not in without


@every_layout
def test_who_keeps_the_reason_back_says_it_nowhere(layout: Layout) -> None:
    octets = compose(REPORT, layout, frozenset({Habit.NO_DIAGNOSTIC}))
    assert b"User unknown" not in octets
    assert b"Diagnostic-Code" not in octets


@pytest.mark.parametrize("layout", [layout for layout in Layout if layout not in TEXT_ONLY])
def test_status_and_text_can_disagree(layout: Layout) -> None:
    report = replace(REPORT, undelivered=(Undelivered(ANN, UNKNOWN), Undelivered(BEN, BLOCKED)))
    _, unknown, blocked = machine_part(read(compose(report, layout, frozenset({Habit.DISAGREEING_STATUS}))))
    assert (unknown["Status"], blocked["Status"]) == ("5.7.1", "5.1.1")
    assert "5.1.1" in unknown["Diagnostic-Code"]
    assert disagreeing("4.1.1") == "4.7.1"


@every_layout
def test_a_report_in_another_language_still_names_the_recipient(layout: Layout) -> None:
    octets = compose(REPORT, layout, frozenset({Habit.FOREIGN_LANGUAGE}))
    message = read(octets)
    assert message["Subject"] == "Unzustellbar: Spring news"
    text = next(part for part in message.walk() if part.get_content_type() == "text/plain").get_content()
    assert "Empfänger" in text
    assert ANN in text


def test_sendmail_reports_an_unknown_user_over_another_remote_reply() -> None:
    report = replace(REPORT, undelivered=(Undelivered(ANN, BLOCKED, remote_host="mail.acme.example"),))
    message = read(compose(report, Layout.SENDMAIL))
    text = next(iter(message.iter_parts())).get_content()
    assert "<<< 550 5.7.1 IP address blocked" in text
    assert f"550 5.1.1 <{ANN}>... User unknown" in text
    _, group = machine_part(message)
    assert (group["Status"], group["Diagnostic-Code"]) == ("5.1.1", "smtp; 550 5.7.1 IP address blocked")


def test_sendmail_repeats_a_deferral_as_it_is() -> None:
    deferred = Reply(452, ("Mailbox full",), EnhancedStatus(4, 2, 2))
    report = replace(REPORT, undelivered=(Undelivered(ANN, deferred, remote_host="mail.acme.example"),))
    octets = compose(report, Layout.SENDMAIL)
    assert b"5.1.1" not in octets
    assert machine_part(read(octets))[1]["Status"] == "4.2.2"


def test_exchange_online_wraps_another_servers_words() -> None:
    report = replace(REPORT, undelivered=(Undelivered(ANN, UNKNOWN, remote_host="mail.acme.example"),))
    octets = compose(report, Layout.EXCHANGE_ONLINE)
    assert b"550 5.1.351 Remote server returned unknown recipient -> 550 5.1.1 User unknown" in octets
    assert machine_part(read(octets))[1]["Status"] == "5.1.351"


@pytest.mark.parametrize("layout", [Layout.RFC3464, Layout.POSTFIX])
def test_a_success_is_reported_as_one(layout: Layout) -> None:
    done = Undelivered(ANN, Reply(250, ("Ok",), EnhancedStatus(2, 0, 0)), kind="delivered")
    message = read(compose(replace(REPORT, undelivered=(done,)), layout))
    assert "Success" in message["Subject"]
    _, group = machine_part(message)
    assert (group["Action"], group["Status"]) == ("delivered", "2.0.0")
    assert found(message.as_bytes()) == set()


def test_what_the_sender_asked_to_be_told_comes_back() -> None:
    asked = Undelivered(ANN, UNKNOWN, original_recipient="rfc822;Ann.Berg@acme.example")
    message = read(compose(replace(REPORT, undelivered=(asked,), envelope_id="QQ314159"), Layout.RFC3464))
    about, group = machine_part(message)
    assert about["Original-Envelope-Id"] == "QQ314159"
    assert group["Original-Recipient"] == "rfc822;Ann.Berg@acme.example"


def test_a_status_is_made_from_the_code_where_the_reply_has_none() -> None:
    assert str(Undelivered(ANN, Reply(452, ("Try later",))).status) == "4.0.0"


def test_nobody_is_told_about_a_message_with_the_null_return_path() -> None:
    with pytest.raises(ValueError, match="null return-path"):
        compose(replace(REPORT, return_path=""), Layout.RFC3464)


def test_an_address_beyond_ascii_makes_the_report_international() -> None:
    octets = compose(replace(REPORT, undelivered=(Undelivered("änne@acme.example", UNKNOWN),)), Layout.RFC3464)
    assert b"Content-Type: message/global-delivery-status" in octets
    assert "Final-Recipient: utf-8; änne@acme.example".encode() in octets


@pytest.mark.parametrize(("layout", "size"), list(product(Layout, [100_000, 5_000_000])))
def test_no_more_of_a_message_is_quoted_than_the_limit(layout: Layout, size: int) -> None:
    octets = compose(replace(REPORT, original=ORIGINAL + b"x" * size), layout)
    assert len(octets) < MAX_QUOTED_OCTETS * 1.1
