"""Others' words do nothing to a terminal and nothing to the log of a CI system."""

from __future__ import annotations

import re

import pytest
from hostile_words import HOSTILE, words
from hypothesis import given

from probe.harmless import harmless

GITHUB = re.compile(r"^\s*::[a-zA-Z-]+(?: [^\n]*?)?::|##\[", re.MULTILINE)
"""What its runner takes for a command, but for the name: it trims, and wants the end of the command."""


@given(words)
def test_nothing_is_left_that_is_obeyed(text: str) -> None:
    shown = harmless(text)
    assert all(each.isprintable() or each == "\n" for each in shown)
    assert not GITHUB.search(shown)
    assert not re.search(r"##\w*\[", shown)


@given(words)
def test_what_was_made_harmless_stays_as_it_is(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "550 5.1.1 <ann@acme.example>: no such user; see https://acme.example/?e=5.1.1#no",
        "two lines\nof text",
        "::1 was answered at rcpt: 550",
        "::ffff:192.0.2.1 was answered at rcpt: 550",
        "550 ## rejected ##",
        "Adresse inconnue, désolé · 宛先不明",
    ],
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::mine", ":?error::mine"),
        ("a\n  ::set-output name=a::b", "a\n  :?set-output name=a::b"),
        ("550 ##[add-mask]x", "550 #?[add-mask]x"),
        ("##vso[task.complete]x", "#?vso[task.complete]x"),
        ("\x1b[31m", "?[31m"),
    ],
)
def test_a_command_loses_one_character(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_the_samples_hold_what_they_are_samples_of() -> None:
    assert sum(bool(GITHUB.search(text)) for text in HOSTILE) >= 4
