"""Replies by stage: those that reached a stage, before and after they are first asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.replies_by_stage import ACCEPTED, RANK, RepliesByStage, merged, rank_of
from probe.classify.context.series import ReplySeries

RCPT, END = RANK[Stage.RCPT], RANK[Stage.END_OF_DATA]
REPLIES = st.lists(st.tuples(st.integers(0, 5), st.sampled_from([RANK[Stage.MAIL], RCPT, END, ACCEPTED])))


def shown(series: ReplySeries) -> list[tuple[float, bool]]:
    """Return the time of every reply, and whether it refused."""
    return [(series.at(index), series.count(index, index + 1)[0] == 1) for index in range(len(series))]


def test_stages_are_ranked_in_the_order_of_the_dialogue() -> None:
    order = [Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END_OF_DATA]
    assert sorted(order, key=rank_of) == order
    assert max(RANK.values()) < ACCEPTED
    assert rank_of("") == RCPT


@pytest.mark.parametrize("asked_early", [True, False])
def test_a_series_holds_the_replies_that_reached_a_stage(*, asked_early: bool) -> None:
    replies = RepliesByStage()
    replies.add(-1.0, RCPT)
    if asked_early:
        replies.series(END)
    for at, rank in enumerate([RCPT, END, ACCEPTED, RCPT, END]):
        replies.add(float(at), rank)
    assert shown(replies.series(END)) == [(1.0, True), (2.0, False), (4.0, True)]
    assert shown(replies.series(RCPT)) == [(at, at not in {1.0, 2.0, 4.0}) for at in (-1.0, 0.0, 1.0, 2.0, 3.0, 4.0)]
    assert [replies.series(END).among(index) for index in (2, 3, 5)] == [0, 1, 2]


def test_a_refusal_is_isolated_between_two_acceptances() -> None:
    replies = RepliesByStage()
    for place, letter in enumerate("x.x.xx.x"):
        if letter == ".":
            replies.count_accepted()
        else:
            replies.count_refused(place % 3)
    assert (replies.accepted, replies.refused, replies.isolated) == (3, 5, 1)
    assert (replies.isolated_by_words, sum(replies.refused_by_words.values())) == ({2: 1}, 5)


@given(st.lists(REPLIES, max_size=4))
def test_merged_replies_are_in_order_of_time_and_at_the_same_time_acceptances_come_first(
    exchangers: list[list[tuple[int, int]]],
) -> None:
    made = []
    for rows in exchangers:
        made.append(RepliesByStage())
        for at, rank in sorted(rows, key=lambda row: row[0]):
            made[-1].add(float(at), rank)
    together = merged(made)
    for stage in RANK.values():
        reached = [(float(at), rank == stage) for rows in exchangers for at, rank in rows if rank >= stage]
        assert shown(together.series(stage)) == sorted(reached)
