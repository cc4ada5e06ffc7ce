"""What LMTP changes: the name of its greeting, and the number of its replies (RFC 2033)."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.command import Command, SyntaxMistake, UnrecognizedMistake
from fake_gateways.smtp.lmtp import RepliesPerRecipient, read_command
from fake_gateways.smtp.reply import Garbled, Reply


def test_lhlo_is_ehlo_and_all_else_is_as_in_smtp() -> None:
    assert read_command(b"lhlo mta1.example") == Command("EHLO", "mta1.example")
    assert read_command(b"RSET") == Command("RSET")


@pytest.mark.parametrize("line", [b"EHLO mta1.example", b"helo mta1.example", b"HELO"])
def test_ehlo_and_helo_are_unknown(line: bytes) -> None:
    with pytest.raises(UnrecognizedMistake):
        read_command(line)


def test_lhlo_needs_a_name() -> None:
    with pytest.raises(SyntaxMistake, match="Syntax: LHLO hostname"):
        read_command(b"LHLO")


def test_the_replies_to_a_message_are_sent_one_after_the_other() -> None:
    replies = RepliesPerRecipient([Reply(250, ("a", "b")), Garbled(b"what\r\n"), Reply(550, ("no",))])
    assert replies.octets == b"250-a\r\n250 b\r\nwhat\r\n550 no\r\n"
