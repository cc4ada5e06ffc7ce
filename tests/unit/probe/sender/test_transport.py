"""The errors of a lost line: what an attempt notes of them."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.reply import Reply
from probe.records.attempt import Failure
from probe.sender.transport import LineError, ReplyTimeout, hung_up, no_reply, no_smtp


@pytest.mark.parametrize(
    ("error", "failure", "text"),
    [
        (no_reply(300.0), Failure.TIMED_OUT, "no reply within 300 s"),
        (hung_up(), Failure.LINE_CUT, "closed by the other side"),
        (no_smtp(), Failure.GARBAGE, "what came is no SMTP reply"),
    ],
)
def test_an_error_names_its_failure_and_says_what_happened(error: LineError, failure: Failure, text: str) -> None:
    assert (error.failure, error.text, str(error)) == (failure, text, text)


def test_an_error_keeps_the_replies_that_came_before_it() -> None:
    came = (Reply(250),)
    assert LineError(Failure.LINE_CUT, "gone", came).replies == [Reply(250)]
    assert hung_up().replies == []


def test_a_connection_is_lost_by_the_timeout_once_it_has_passed() -> None:
    timeout = ReplyTimeout(300.0)
    assert timeout.reason().text == "closed by the other side"
    timeout.is_out = True
    assert [timeout.reason().text for _ in range(2)] == ["no reply within 300 s", "closed by the other side"]
