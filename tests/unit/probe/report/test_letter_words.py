"""Every language has the same sentences, for everything that can be observed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

import pytest

from probe.diagnose.advice import ADVICE
from probe.diagnose.conditions import Conditions
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.experiments.without_parts import without
from probe.diagnose.message_parts import Kind
from probe.records.attempt import Failure
from probe.report.letter_words import LANGUAGES, Language, changes, letter_words


def sentences(words: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every sentence with its place."""
    for key, each in words.items():
        if isinstance(each, str):
            yield f"{place}{key}", each
        else:
            yield from sentences(each, f"{place}{key}.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_names(language: Language) -> None:
    english = dict(sentences(asdict(letter_words("en"))))
    other = dict(sentences(asdict(letter_words(language))))
    assert list(other) == list(english)
    braces = re.compile(r"\{(\w+)\}")
    assert {place: set(braces.findall(text)) for place, text in other.items()} == {
        place: set(braces.findall(text)) for place, text in english.items()
    }
    assert [text for text in other.values() if text != text.strip() or not text.isprintable()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_every_experiment_failure_and_cause_with_a_reader(language: Language) -> None:
    words = letter_words(language)
    changed = {key for each in (*EXPERIMENTS.values(), without(frozenset({1}))) for key, _ in changes(each.conditions)}
    usual = Conditions()
    chosen = {name: type(getattr(usual, name)) for name in ("recipient", "source", "content")}
    every = {f"{name}-{each}" for name, kind in chosen.items() for each in kind if each != getattr(usual, name)}
    every |= {field.name for field in fields(Conditions)} - {*chosen, "wait_s"} | {"minutes", "hours", "nothing"}
    assert changed <= every == set(words.changed)
    assert set(words.failure) == set(Failure)
    assert set(words.part) == set(Kind)
    assert set(words.cause) == {cause for cause, advice in ADVICE.items() if advice.reader}


def test_what_an_experiment_changes_is_told_with_its_number() -> None:
    assert changes(Conditions()) == [("nothing", 0)]
    assert changes(Conditions(wait_s=1200.0)) == [("minutes", 20)]
    assert changes(Conditions(wait_s=18_000.0, tls=True)) == [("hours", 5), ("tls", True)]
    assert changes(Conditions(recipients_beside=2)) == [("recipients_beside", 2)]
    assert changes(Conditions(without=frozenset({3, 8}))) == [("without", 2)]
