"""Outgoing messages: return-paths, Message-IDs, and what recipients who share a message see."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from probe.sender.messages import MessageBuilder, MessageFile
from probe.sender.recipients import Delivery
from probe.sender.template import Template

HELLO = Template(b"From: news@sender.example\r\nSubject: Hello\r\n\r\nDear {{given_name}}\r\n", "hello.eml")
PLAIN = Template(b"From: news@sender.example\r\nSubject: Plain\r\n\r\nHello.\r\n", "plain.eml")
BUILDER = MessageBuilder(
    "mta1.sender.example",
    "bounce.sender.example",
    {"news": (MessageFile("hello.eml", HELLO), MessageFile("plain.eml", PLAIN))},
)
ANN = Delivery("news", 7, "ann@acme.example", 0.0, "127.10.0.1", {"given_name": "Ann"})
BOB = ANN._replace(number=8, recipient="bob@acme.example", fields={"given_name": "Bob"})


def test_a_recipient_alone_has_a_return_path_of_its_own() -> None:
    assert BUILDER.names([ANN]).return_path == "news+ann=acme.example@bounce.sender.example"


@pytest.mark.parametrize("recipients", [[ANN._replace(shares=True)], [ANN, BOB]], ids=["may share", "shares"])
def test_recipients_who_share_a_message_have_one_return_path(recipients: list[Delivery]) -> None:
    assert BUILDER.names(recipients).return_path == "news+7@bounce.sender.example"


def test_the_message_id_is_made_of_the_first_recipients_number() -> None:
    assert BUILDER.names([ANN, BOB]).message_id == "<news.7@mta1.sender.example>"


def test_a_message_is_addressed_to_its_recipient_with_its_merge_fields() -> None:
    message = message_from_bytes(BUILDER.content(ANN, "<m@x>", 0.0))
    assert (message["To"], message["Date"]) == ("<ann@acme.example>", "Thu, 01 Jan 1970 00:00:00 +0000")
    assert message.get_payload() == "Dear Ann\r\n"


def test_a_shared_message_names_no_recipient() -> None:
    message = message_from_bytes(BUILDER.content(ANN._replace(shares=True), "<m@x>", 0.0))
    assert message["To"] == "undisclosed-recipients:;"
    assert message.get_payload() == "Dear \r\n"


def test_the_variant_chooses_the_message_file() -> None:
    plain = ANN._replace(variant=1)
    assert BUILDER.names([plain]).file == "plain.eml"
    assert message_from_bytes(BUILDER.content(plain, "<m@x>", 0.0))["Subject"] == "Plain"
