"""What the text of a reply mentions, and its pattern."""

from __future__ import annotations

import pytest

from fake_gateways.truth import Cause
from probe.classify.context.words import pattern_of, topics_in, words_key


def test_a_pattern_omits_variable_parts() -> None:
    first = pattern_of("<ann@acme.example>: no such user [F8sEQ5n634JR.uk125] mx1.acme.example", "ann@acme.example")
    second = pattern_of("<bob@acme.example>: no such user [X7tEQ5n634JR.uk125] mx2.acme.example", "bob@acme.example")
    assert first == second
    assert "no such user" in first


def test_a_local_part_within_a_word_leaves_the_word() -> None:
    text = "for more information ask info"
    assert pattern_of(text, "info@acme.example") == "for more information ask *"


def test_a_long_or_hostile_text_is_read_in_bounded_time() -> None:
    assert len(pattern_of("a@" * 100_000)) <= 600
    assert topics_in(pattern_of("\x1b[2J" + "1" * 10_000)).cause is None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("user overquota", Cause.MAILBOX_FULL),
        ("Unrouteable address", Cause.USER_UNKNOWN),
        ("sorry, no mailbox here by that name", Cause.USER_UNKNOWN),
        ("QUEUE.Expired; message expired", Cause.NETWORK),
        ("retry timeout exceeded", Cause.NETWORK),
    ],
)
def test_words_of_widespread_servers_are_known(text: str, cause: Cause) -> None:
    found = topics_in(pattern_of(text))
    assert (found.cause, found.says_not_reached) == (cause, cause is Cause.NETWORK)
    assert found.mentions_mailbox is (cause is not Cause.NETWORK)


def test_a_pattern_has_a_key_of_64_bits() -> None:
    assert words_key("user unknown") != words_key("no such user")
    assert words_key("\udcff") < 2**64
