"""Which words and hosts are no secrets."""

from __future__ import annotations

import pytest

from probe.intake.to_scenario.ordinary_words import folded, is_ordinary, is_public


@pytest.mark.parametrize(
    "word",
    [
        "mailbox",
        "Full",
        "unbekannt",
        "Empfänger",
        "EMPFANGER",
        "boîte",
        "buzon",
        "skrzynka",
        "почта",
        "no-such",
        "5.1.1",
    ],
)
def test_words_of_replies_are_ordinary_in_any_language_and_spelling(word: str) -> None:
    assert is_ordinary(word)


@pytest.mark.parametrize("word", ["anna", "Berg", "ben", "jan", "northwind", "user.berg"])
def test_names_are_not(word: str) -> None:
    assert not is_ordinary(word)


def test_hosts_of_block_lists_and_large_providers_are_public() -> None:
    assert is_public("zen.Spamhaus.org")
    assert not is_public("spamhaus.org.evil.example")


def test_case_and_diacritics_do_not_matter() -> None:
    assert folded("Müller") == "muller"
