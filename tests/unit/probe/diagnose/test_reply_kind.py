"""Replies are of few kinds."""

from __future__ import annotations

import pytest
from diagnosing import RECIPIENT, REFUSAL, replied

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.reply_kind import kind_of, said_cause, told_by_words, words_of
from probe.records.attempt import Failure
from probe.sender.transaction import Result


@pytest.mark.parametrize(
    ("result", "kind", "cause"),
    [
        (replied(250, "2.1.5", "ok"), "taken at rcpt", "none"),
        (replied(250, "2.0.0", "queued", Stage.END_OF_DATA), "taken at content", "none"),
        (REFUSAL, "unknown-recipient at rcpt", "user-unknown"),
        (replied(550, "5.7.1", "Too many invalid recipients"), "refused at rcpt", "directory-harvest"),
        (replied(450, None, "too many non-existent user addresses"), "deferred at rcpt", "directory-harvest"),
        (replied(550, "5.7.1", "Too many recipients this hour"), "refused at rcpt", "velocity"),
        (replied(554, "5.7.1", "Message rejected, it contains a virus"), "refused at rcpt", "virus"),
        (replied(530, "5.7.0", "Must issue a STARTTLS command first"), "refused at rcpt", "tls-required"),
        (replied(550, "5.7.0", "SPF check failed"), "refused at rcpt", "authentication"),
        (replied(451, "4.7.1", "Too much mail from your address, try again later"), "deferred at rcpt", "velocity"),
        (replied(554, "5.7.1", "Message rejected because of its content"), "refused at rcpt", "content"),
        (replied(421, "4.7.0", "Error: too many errors"), "deferred at rcpt", "directory-harvest"),
        (replied(550, "5.7.1", "Blocked by Spamhaus"), "refused at rcpt", "ip-reputation"),
        (replied(550, "5.1.1", "gone", Stage.MAIL), "unknown-recipient at before-rcpt", "user-unknown"),
        (replied(451, "4.7.1", "Greylisted, try later"), "deferred at rcpt", "greylisted"),
        (Result(Stage.CONNECT, failure=Failure.UNREACHABLE, text="refused"), "closed at before-rcpt", "none"),
        (Result(Stage.DATA, failure=Failure.TIMED_OUT, text="no reply"), "silent at content", "none"),
    ],
)
def test_the_kind_of_a_reply_and_the_cause_it_names(result: Result, kind: str, cause: str) -> None:
    assert str(kind_of(result, RECIPIENT)) == kind
    assert said_cause(result, RECIPIENT) == cause


def test_without_a_reply_no_cause_is_named() -> None:
    assert said_cause(Result(Stage.CONNECT, failure=Failure.UNREACHABLE), RECIPIENT) == "none"
    assert words_of(Result(Stage.CONNECT, failure=Failure.UNREACHABLE), RECIPIENT) == ""


def test_the_same_words_are_those_without_names_and_numbers() -> None:
    first = words_of(replied(550, "5.1.1", f"<{RECIPIENT}>: user unknown [id 4711x]"), RECIPIENT)
    same = replied(550, "5.1.1", "<bob@acme.example>: user unknown [id 9822y]")
    assert kind_of(same, "bob@acme.example", first).same
    assert not kind_of(replied(550, "5.1.1", "no such user"), "bob@acme.example", first).same


def test_words_tell_a_cause_and_whether_it_passes() -> None:
    assert told_by_words(REFUSAL, RECIPIENT) == "user-unknown"
    assert told_by_words(replied(451, "4.7.1", "Greylisted, try later"), RECIPIENT) == "greylisted for now"
    assert told_by_words(Result(Stage.CONNECT, failure=Failure.TIMED_OUT), RECIPIENT) == "silent"
