"""Log odds from counts."""

from __future__ import annotations

import pytest

from probe.classify.context.odds import (
    MOST,
    beyond_turnover,
    departed,
    departed_share,
    differs,
    excess,
    log_odds,
    none_departed,
)


def test_few_replies_say_little_and_none_say_nothing() -> None:
    assert beyond_turnover(0, 0) == 0.0
    assert 0.0 < beyond_turnover(1, 1) < beyond_turnover(2, 2) < beyond_turnover(30, 30) == MOST
    assert beyond_turnover(0, 200) < beyond_turnover(0, 10) < 0.0


def test_a_share_that_turnover_explains_is_evidence_of_departure() -> None:
    assert beyond_turnover(4, 100) < 0.0 < beyond_turnover(30, 100)


def test_two_shares_differ_by_as_much_as_their_counts_allow() -> None:
    assert differs(5, 5, 0, 0) == 0.0
    assert differs(2, 40, 2, 40) == 0.0
    assert 0.0 < differs(4, 4, 0, 4) < differs(20, 20, 1, 40)
    assert differs(1, 40, 20, 20) == -differs(20, 20, 1, 40)


def test_the_more_replies_the_less_likely_that_no_recipient_departed() -> None:
    assert none_departed(0) == pytest.approx(0.0, abs=1e-12)
    assert 0.0 < none_departed(10) < none_departed(300)


def test_the_departed_share_follows_from_isolated_refusals() -> None:
    assert departed(0, 0) == (0.0, 0.0)
    assert departed(0, 100) == (0.0, 100.0)
    assert departed(0, 100, 7) == (7.0, 100.0)
    for share in (0.02, 0.1, 0.25):
        gone, words = departed(round(100_000 * share * (1 - share) ** 2), round(100_000 * (1 - share)))
        assert gone / words == pytest.approx(share, abs=0.002)
    assert departed(50, 10)[0] < 10.0
    assert 0.0 < departed_share(0.0, 0.0) < 0.1
    assert departed_share(500.0, 1000.0) == pytest.approx(0.5, abs=0.01)


def test_refusals_beyond_the_departed_share_are_alive() -> None:
    assert excess(200, 1000, 50, 1000) == pytest.approx(log_odds(1 - 50 / 200), abs=0.3)
    assert excess(50, 1000, 50, 1000) < -1.5
    assert excess(10, 1000, 50, 1000) < -4.0
    assert excess(20, 20, 0, 0) > 1.5


def test_small_counts_leave_an_excess_in_doubt() -> None:
    assert abs(excess(1, 5, 0, 0)) < abs(excess(200, 1000, 40, 1000))
    assert excess(2, 10, 20, 1000) < excess(20, 100, 20, 1000) < excess(200, 1000, 20, 1000)
