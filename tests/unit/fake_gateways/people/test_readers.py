"""Tests of what readers do with their mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fake_gateways.people.readers import Audience, Reaction

NOBODY = Audience(opens=0.0, clicks=0.0, complains=0.0, away=0.0, seed="550")
PEOPLE = [f"person{number}@northwind.example" for number in range(3000)]


def share_of(audience: Audience, reaction: Reaction) -> float:
    """Return the share of the people who react in a way to one message."""
    return sum(reaction in dict(audience.react(person, "<1@messenger.example>")) for person in PEOPLE) / len(PEOPLE)


def test_without_shares_there_is_no_reaction() -> None:
    assert [person for person in PEOPLE if NOBODY.react(person, "<1@messenger.example>")] == []


@pytest.mark.parametrize(
    ("setting", "reaction"),
    [("opens", Reaction.OPENED), ("complains", Reaction.COMPLAINED), ("away", Reaction.ANSWERED)],
)
def test_a_share_of_the_messages_gets_a_reaction(setting: str, reaction: Reaction) -> None:
    audience = replace(NOBODY, **{setting: 0.3})
    assert share_of(audience, reaction) == pytest.approx(0.3, abs=0.04)


def test_only_an_opened_message_is_clicked_and_later() -> None:
    audience = replace(NOBODY, opens=0.5, clicks=0.5)
    clicked = [dict(audience.react(person, "<1@messenger.example>")) for person in PEOPLE]
    clicked = [reactions for reactions in clicked if Reaction.CLICKED in reactions]
    assert clicked
    assert all(0 < reactions[Reaction.OPENED] < reactions[Reaction.CLICKED] for reactions in clicked)
    assert share_of(audience, Reaction.CLICKED) == pytest.approx(0.25, abs=0.04)


def test_a_person_who_is_away_answers_every_message() -> None:
    audience = replace(NOBODY, away=0.5)
    for person in PEOPLE[:50]:
        assert audience.react(person, "<1@messenger.example>") == audience.react(person, "<2@messenger.example>")


def test_the_same_seed_gives_the_same_reactions() -> None:
    audience = replace(NOBODY, opens=0.5, clicks=0.5, complains=0.1, away=0.1)
    other = replace(audience, seed="551")
    message_id = "<1@messenger.example>"
    seen = [audience.react(person, message_id) for person in PEOPLE]
    assert [audience.react(person, message_id) for person in PEOPLE] == seen
    assert [other.react(person, message_id) for person in PEOPLE] != seen
