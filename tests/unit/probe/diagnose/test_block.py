"""Replies that speak of a block."""

from __future__ import annotations

import pytest
from diagnosing import RECIPIENT, replied

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.block import blocked_for_s
from probe.records.attempt import Failure
from probe.sender.transaction import Result


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Client host [192.0.2.1] blocked using bl.example.net", 3600.0),
        ("Too many connections from your IP, try again in 10 minutes", 600.0),
        ("Your IP is blocked for 2 hours, too many messages", 7200.0),
        ("rate limit exceeded, retry after 90 seconds", 90.0),
        ("Client host blocked for 9999 hours", 86_400.0),
    ],
)
def test_a_reply_that_speaks_of_a_block(text: str, seconds: float) -> None:
    assert blocked_for_s(replied(550, "5.7.1", text), RECIPIENT) == seconds


@pytest.mark.parametrize(
    "result",
    [
        replied(550, "5.1.1", "User unknown"),
        replied(250, None, "blocked mail is welcome"),
        replied(550, "5.6.0", "Message blocked: bad attachment", Stage.END_OF_DATA),
        Result(Stage.CONNECT, failure=Failure.TIMED_OUT, text="no reply within 60 s"),
    ],
)
def test_other_replies_speak_of_none(result: Result) -> None:
    assert blocked_for_s(result, RECIPIENT) is None
