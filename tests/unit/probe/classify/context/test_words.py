"""What the text of a reply mentions, and its pattern."""

from __future__ import annotations

from probe.classify.context.words import pattern_of, topics_in


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
