"""Arguments of a gateway's methods: what is read, and how a call is shown."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.envelope import Stage
from probe.input_error import InputError
from probe.testing.arguments import called, mailbox_of, read_conditions


def test_conditions_are_for_rcpt_and_those_on_content_for_the_end_of_data() -> None:
    assert read_conditions("refuse", None, {}).stage is Stage.RCPT
    assert read_conditions("refuse", None, {"content": "x"}).stage is Stage.END_OF_DATA
    assert read_conditions("refuse", None, {"at": "mail"}).stage is Stage.MAIL


def test_conditions_are_read_with_their_units() -> None:
    found = read_conditions("cut", ["x.example"], {"sender": "", "rate": "5/1m", "attempts": 2, "wait": "200ms"})
    assert (found.recipients, found.senders, found.rate, found.attempts, found.wait_s) == (
        ("x.example",), ("",), (5, 60.0), 2, 0.2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("Ann <Ann@x.example>", "ann@x.example"),
        ("x.example", "*@x.example"),
        ("@x.example", "*@x.example"),
        ("*@x.example", "*@x.example"),
    ],
)
def test_a_mailbox_is_an_address_or_all_others_of_a_domain(address: str, found: str) -> None:
    assert mailbox_of(address) == found


@pytest.mark.parametrize("address", ["", "bob", "a@x.example, b@x.example", "a*@x.example", "*"])
def test_other_patterns_are_no_mailbox(address: str) -> None:
    with pytest.raises(InputError, match="is not a valid address"):
        mailbox_of(address)


def test_a_call_is_shown_as_a_test_writes_it() -> None:
    assert called("refuse", "x.example", at="rcpt", attempts=None) == "gateway.refuse('x.example', at='rcpt')"
    assert called("cut", None) == "gateway.cut()"
