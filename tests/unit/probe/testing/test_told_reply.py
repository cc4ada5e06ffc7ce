"""Replies as a test gives them: as a server sends them, and as they stand in bounces."""

from __future__ import annotations

import pytest

from probe.input_error import InputError
from probe.testing.told_reply import read_reply

USER = "<ann@x.example>: Recipient address rejected: User unknown"


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("550 no", "550 no"),
        ("550 5.1.1 no", "550 5.1.1 no"),
        ("  550   5.1.1  no \n", "550 5.1.1 no"),
        ("550 5.1.1 no\nand no", "550-5.1.1 no|550 5.1.1 and no"),
        ("550-5.1.1 no\r\n550-5.1.1 never\r\n550 5.1.1 not", "550-5.1.1 no|550-5.1.1 never|550 5.1.1 not"),
        ("550-5.1.1 no 550-5.1.1 never 550 5.1.1 not", "550-5.1.1 no|550-5.1.1 never|550 5.1.1 not"),
        ("550-no\n    550 never", "550-no|550 never"),
        ("smtp; 550 5.1.1 no", "550 5.1.1 no"),
        ("Diagnostic-Code: X-Postfix; 450 4.1.1 no", "450 4.1.1 no"),
        ("smtp;550-5.1.1 no such\n\taddress 550 5.1.1 here", "550-5.1.1 no such address|550 5.1.1 here"),
        ("smtp; 550 5.1.1 <ann@x.example>: Recipient\n    address rejected: User\n\tunknown", f"550 5.1.1 {USER}"),
        (
            f"<ann@x.example>: host mx.x.example[192.0.2.1] said: 550 5.1.1\n  {USER} (in reply to\n RCPT TO command)",
            f"550 5.1.1 {USER}",
        ),
        (
            "SMTP error from remote mail server after RCPT TO:<ann@x.example>:\n    550 5.1.1 no",
            "550 5.1.1 no",
        ),
        ("Remote Server returned '550 5.1.10 RESOLVER.ADR; it's unknown'", "550 5.1.10 RESOLVER.ADR; it's unknown"),
        ("mx1.x.example #<mx1.x.example #5.1.1 smtp; 550 5.1.1 no> #SMTP#", "550 5.1.1 no"),
        ("#550 5.1.1 no ##", "550 5.1.1 no ##"),
        ("Remote host said: 550 no", "550 no"),
        (
            "192.0.2.1 does not like recipient.\nRemote host said: 550 no (#5.1.1)\nGiving up on 192.0.2.1.",
            "550 no (#5.1.1)",
        ),
        (
            "smtp; 5.1.0 - Unknown address error 550-'5.1.1 <ann@x.example>... no' (delivery attempts: 0)",
            "550 5.1.1 <ann@x.example>... no",
        ),
        (
            "<ann@x.example>\n    (reason: 550 5.1.1 <ann@x.example>... no (really))",
            "550 5.1.1 <ann@x.example>... no (really)",
        ),
        (
            "... while talking to mx.x.example.:\n>>> RCPT To:<ann@x.example>\n<<< 550 5.1.1 <ann@x.example>... no",
            "550 5.1.1 <ann@x.example>... no",
        ),
        ("The response from the remote server was:\n550 5.1.1 no", "550 5.1.1 no"),
        ("returned <550 5.1.1 no>", "550 5.1.1 no"),
        ("550 550 5.1.1 no", "550 550 5.1.1 no"),
        ("550 5.1.1 5.1.1 no", "550 5.1.1 5.1.1 no"),
        ("550 4.1.1 no", "550 4.1.1 no"),
        ("550 no (#5.1.1)", "550 no (#5.1.1)"),
        ("550 {a b} {} }{ no", "550 {a b} {} }{ no"),
        ("421 wait", "421 wait"),
    ],
)
def test_a_reply_is_read_however_it_was_written_down(text: str, octets: str) -> None:
    assert read_reply(text, "here").say({}).octets.decode() == octets.replace("|", "\r\n") + "\r\n"


def test_fields_in_braces_are_filled_in_later() -> None:
    wording = read_reply("550 <{recipient}> {1}", "here")
    assert wording.say({"recipient": "a@b.example"}).text == "<a@b.example> {1}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("250 fine", "is not a reply that refuses"),
        ("no", "is not a reply that refuses"),
        ("", "is not a reply that refuses"),
        ("5.1.1 no", "is not a reply that refuses"),
        ("1550 no", "is not a reply that refuses"),
        ("550", "has empty text"),
        ("550 no\n551 no", "has lines with the codes 550 and 551"),
        ("550 \x1b[2J", "control characters"),
        ("550 {recipent}", "has an unknown placeholder"),
    ],
)
def test_what_is_no_reply_is_a_mistake_at_its_place(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as raised:
        read_reply(text, "here")
    assert raised.value.place == "here"


def test_endless_space_is_looked_through_once() -> None:
    reply = read_reply(f"550-no{' ' * 200_000}550 such user", "gateway.refuse(reply)")
    assert reply.text == "no\nsuch user"
