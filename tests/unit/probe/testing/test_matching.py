"""The conditions of a gateway's assertions, and the closest of what does not meet them."""

from __future__ import annotations

from book_rows import truth

from fake_gateways.truth import Cause, Fate
from probe.testing.matching import (
    LISTED,
    matching,
    message_criteria,
    missing_message,
    missing_refusal,
    refusal_criteria,
    unexpected_messages,
)
from probe.testing.recorded import GatewayRecord, ReceivedMessage


def message(subject: str, *recipients: str, sender: str = "news@shop.example") -> ReceivedMessage:
    """Return a message that was received."""
    content = f"Subject: {subject}\r\n\r\nHello.\r\n".encode()
    return ReceivedMessage(sender, recipients or ("ann@acme.example",), content, "127.10.0.1", "mta1", 0.0)


def recorded(*messages: ReceivedMessage) -> GatewayRecord:
    """Return a record of messages and one refusal."""
    record = GatewayRecord()
    record.messages += messages
    row = truth(recipient="bob@acme.example", stage="rcpt", cause=Cause.VELOCITY, claimed=Cause.VELOCITY)
    record.write(row._replace(fate=Fate.DEFERRED, code=451, enhanced="4.7.1", text="too fast"))
    return record


def test_every_condition_must_be_met_and_none_at_all_is_met_by_everything() -> None:
    messages = [message("Invoice 6"), message("Invoice 7", "bob@acme.example")]
    assert matching(messages, message_criteria(None, None, "Invoice*", None)) == messages
    assert matching(messages, message_criteria(("bob@*",), None, "Invoice*", None)) == messages[1:]
    assert matching(messages, message_criteria(("bob@*",), ("x@*",), None, None)) == []
    assert matching(messages, []) == messages


def test_a_refusal_is_selected_by_columns_of_the_truth() -> None:
    (row,) = recorded().refused
    for wanted in ({"code": 451}, {"cause": "velocity"}, {"recipient": ("BOB@*",)}, {"text": "too*"}):
        assert matching([row], refusal_criteria(**wanted)) == [row], wanted
    assert matching([row], refusal_criteria(code=550)) == []
    assert refusal_criteria(code=None) == []


def test_a_missing_message_names_the_closest_and_lists_the_record() -> None:
    criteria = message_criteria(None, None, "Invoice 8", None)
    assert missing_message(recorded(message("Minutes"), message("Invoice 7")), criteria, None).splitlines() == [
        "No message was received with subject 'Invoice 8'.",
        "The closest is 2. from news@shop.example to ann@acme.example, subject 'Invoice 7'",
        "  subject: got 'Invoice 7', wanted 'Invoice 8'",
        "Received:",
        "  1. from news@shop.example to ann@acme.example, subject 'Minutes'",
        "  2. from news@shop.example to ann@acme.example, subject 'Invoice 7'",
        "Refused:",
        "  1. bob@acme.example at rcpt for velocity: 451 4.7.1 'too fast'",
    ]


def test_too_many_refusals_have_no_closest() -> None:
    assert missing_refusal(recorded(), refusal_criteria(code=451), 0).splitlines()[:2] == [
        "1 recipient was refused with code 451, not 0.",
        "Refused:",
    ]


def test_a_long_list_is_cut() -> None:
    lines = unexpected_messages(recorded(*[message("Minutes")] * (LISTED + 2))).splitlines()
    assert lines[0] == f"{LISTED + 2} messages were received, but none was expected."
    assert lines[-1] == "  and 2 more"
