"""Tests of one thing that a gateway says."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fake_gateways.smtp.reply import EnhancedStatus, Reply
from fake_gateways.wording import Wording, WrittenRefusal


def test_a_wording_without_placeholders_is_a_reply() -> None:
    wording = Wording.model_validate({"code": 250, "enhanced": "2.1.5", "text": "Ok\nIndeed"})
    assert wording.plain == Reply(250, ("Ok", "Indeed"), EnhancedStatus(2, 1, 5))
    assert wording.names == frozenset()


def test_placeholders_are_filled_in() -> None:
    wording = Wording(code=550, text="No {recipient} at {host}")
    assert wording.plain is None
    assert wording.names == {"recipient", "host"}
    assert wording.say({"recipient": "alice", "host": "mx.example"}) == Reply(550, ("No alice at mx.example",))


@pytest.mark.parametrize(
    ("wording", "problem"),
    [
        ({"code": 550, "enhanced": "4.7.1", "text": "No"}, "another class"),
        ({"code": 550, "text": "No {recipent}"}, "placeholder"),
        ({"code": 550, "text": "No {"}, "placeholder"),
        ({"code": 550, "text": "No {recipient:>300000000}"}, "placeholder"),
        ({"code": 550, "text": "No {recipient!r}"}, "placeholder"),
        ({"code": 550, "text": "5.1.1 No"}, "move it to enhanced"),
        ({"code": 550, "text": " No"}, "blanks"),
        ({"code": 550, "text": "No\x1b[2J"}, "control characters"),
    ],
)
def test_a_wording_that_would_not_arrive_as_it_was_said_is_refused(wording: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Wording.model_validate(wording)


@pytest.mark.parametrize(
    ("written", "reply"),
    [
        ("550 5.1.1 No such user", Reply(550, ("No such user",), EnhancedStatus(5, 1, 1))),
        ("550 4.4.7 QUEUE.Expired", Reply(550, ("4.4.7 QUEUE.Expired",))),
        ("451 5.1.1 a\n5.1.1 b", Reply(451, ("5.1.1 a", "5.1.1 b"))),
        ("550 5.1.1 a\n5.1.1 b", Reply(550, ("a", "b"), EnhancedStatus(5, 1, 1))),
    ],
)
def test_a_refusal_can_be_written_as_a_reply(written: str, reply: Reply) -> None:
    wording = TypeAdapter(WrittenRefusal).validate_python(written)
    assert wording.plain == reply
    assert TypeAdapter(WrittenRefusal).validate_python(wording) is wording


@pytest.mark.parametrize("written", ["250 Ok", "550", "550 ", "No such user", "55 0 a", 550, None, "550 5.1.1 {x}"])
def test_what_is_no_refusal_is_an_error(written: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(WrittenRefusal).validate_python(written)
