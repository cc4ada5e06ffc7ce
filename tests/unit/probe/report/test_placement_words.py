"""Placement in sentences."""

from __future__ import annotations

import pytest
from placing import days, placed

from probe.placement.document import found
from probe.placement.share import Seeds
from probe.report.placement_words import alarm_words, sentences, share_words, took_words

WELL = [23, 22] * 10


def test_the_share_is_told_with_its_interval_and_in_a_lab_with_the_truth() -> None:
    shown = found([placed("spring", "ann@freemail")], {("spring", "freemail"): Seeds(93, 100)})
    assert share_words(shown.all) == (
        "100% of the mail to 1 seed at 1 provider is in the inbox (95 %: 2% to 100%); "
        "of all mail to the living it is 93.0%"
    )


def test_of_what_nobody_could_read_nothing_is_told() -> None:
    shown = found([placed("spring", "ann@freemail", None, why="the login is refused")])
    assert list(sentences(shown)) == [
        "spring: no seed could be read, so nothing is known.",
        "No alarm yet: it can be raised after 8 more checks.",
        "1 seed could not be read: ann@freemail (the login is refused).",
    ]


def test_the_alarm_says_since_when_from_what_and_where() -> None:
    assert alarm_words(found(days(WELL))) == "No alarm: the share is as usual (94%)."
    words = alarm_words(found(days([*WELL, 14, 14, 14])))
    assert words.startswith("ALARM since day 2")
    assert "the share has fallen from 94%, most at provider" in words


def test_an_alarm_from_the_first_check_that_can_raise_it() -> None:
    assert alarm_words(found(days([24] * 7 + [0]))).startswith("ALARM since day 7: ")


@pytest.mark.parametrize(("took_s", "words"), [(None, ""), (4.4, "4 s"), (119.0, "119 s"), (300.0, "5 min")])
def test_how_long_messages_took(took_s: float | None, words: str) -> None:
    assert took_words(found([placed("spring", "ann@freemail", took_s=took_s)]).all) == words
