"""What a pattern shows makes answers likely or not."""

from __future__ import annotations

from typing import Final

import pytest
from diagnosing import SAME, TAKEN, UNKNOWN

from probe.diagnose.likelihood import BLOCKED, GONE, NEWCOMER, is_wordless, likelihood, likelihood_of_place

DEFERRED: Final = "deferred at rcpt"
REFUSED: Final = "refused at rcpt"
OUTCOMES: Final = (SAME, "closed at rcpt", DEFERRED, REFUSED, TAKEN, UNKNOWN)


@pytest.mark.parametrize("shown", [*OUTCOMES, BLOCKED, GONE, NEWCOMER, None])
def test_the_likelihoods_of_all_answers_add_up_to_one(shown: str | None) -> None:
    total = sum(likelihood(OUTCOMES, shown, each, UNKNOWN) for each in OUTCOMES)
    assert total == pytest.approx(
        1.0, abs=0.071
    )  # some may have no other words, and a block may take somebody after all


def test_what_is_shown_comes_first_then_other_words_then_anything() -> None:
    shown, worded, other = (likelihood(OUTCOMES, SAME, each, UNKNOWN) for each in (SAME, REFUSED, TAKEN))
    assert shown > 10 * worded > 10 * other


def test_a_block_takes_nobody_and_a_greylist_defers_newcomers() -> None:
    assert likelihood(OUTCOMES, BLOCKED, TAKEN) < 0.05
    assert likelihood(OUTCOMES, BLOCKED, DEFERRED) == 0.5
    assert likelihood(OUTCOMES, NEWCOMER, DEFERRED) > 0.89
    assert likelihood(OUTCOMES, NEWCOMER, TAKEN) < 0.01
    assert likelihood(OUTCOMES, GONE, SAME, UNKNOWN) == likelihood(OUTCOMES, GONE, UNKNOWN, UNKNOWN) > 0.3
    assert likelihood(OUTCOMES, GONE, REFUSED, UNKNOWN) < 0.1
    assert likelihood(OUTCOMES, GONE, SAME, DEFERRED) == likelihood(OUTCOMES, GONE, DEFERRED, DEFERRED) < 0.01


def test_what_is_not_known_tells_nothing() -> None:
    assert likelihood(OUTCOMES, None, TAKEN) == likelihood(OUTCOMES, None, UNKNOWN)
    assert likelihood_of_place(None, UNKNOWN) == likelihood_of_place(None, "refused at content")


def test_the_first_refusal_has_the_place_of_the_pattern() -> None:
    assert likelihood_of_place(REFUSED, UNKNOWN) > 0.9
    assert likelihood_of_place("refused at content", UNKNOWN) < 0.05


def test_a_closed_connection_has_no_words() -> None:
    assert [each for each in OUTCOMES if is_wordless(each)] == ["closed at rcpt"]
