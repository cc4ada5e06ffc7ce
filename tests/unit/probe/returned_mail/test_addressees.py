"""The addresses that a returned mail came to, and those of the original message."""

from __future__ import annotations

import pytest

from probe.returned_mail.addressees import came_to, sent_from, sent_to
from probe.returned_mail.mime import parse_mail

VERP = "news+ann=acme.example@b.example"
QUOTED = f"""\
----- Original message -----
Return-Path: <{VERP}>
Received: from a.example by b.example (envelope-from <news@b.example>)
From: News <news@sender.example>
To: "Ann, of Acme" <ann@acme.example>
Subject: News

To: ben@acme.example
"""


@pytest.mark.parametrize(
    "field",
    ["X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "Apparently-To", "To"],
)
def test_a_mail_came_to_what_any_field_of_its_delivery_says(field: str) -> None:
    mail = parse_mail(f"Delivered-To: bounces@mail.example\n{field}: <{VERP}>\nTo: b@b.example\n\n".encode())
    assert VERP in came_to(mail)


def test_every_field_of_a_name_counts_and_the_fields_of_servers() -> None:
    head = "Delivered-To: one@b.example\nReceived: by mx for <two@b.example>; today\nDelivered-To: three@b.example\n"
    assert came_to(parse_mail(f"{head}\n".encode())) == ["one@b.example", "three@b.example", "two@b.example"]


def test_a_display_name_is_no_address() -> None:
    assert came_to(parse_mail(f'To: "Shop news" <{VERP}>\n\n'.encode())) == [VERP]


def test_the_original_message_came_from_its_return_path() -> None:
    assert sent_from(parse_mail(b"\n"), QUOTED) == [VERP, "news@b.example"]
    feedback = f"Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Mail-From: <{VERP}>\n"
    assert sent_from(parse_mail(feedback.encode()), "") == [VERP]


def test_the_original_message_went_to_the_only_recipient_in_its_header() -> None:
    mail = parse_mail(b"\n")
    assert sent_to(mail, QUOTED) == "ann@acme.example"
    assert sent_to(mail, QUOTED.replace('To: "', 'Cc: ben@acme.example\nTo: "')) == ""
    assert sent_to(mail, QUOTED.replace("Subject:", "List-Post: <mailto:ann@acme.example>\nSubject:")) == ""
    assert sent_to(mail, QUOTED.replace("Subject:", "Envelope-To: eve@acme.example\nSubject:")) == "eve@acme.example"
    assert sent_to(mail, "") == ""
