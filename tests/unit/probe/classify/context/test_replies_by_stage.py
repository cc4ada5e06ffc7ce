"""Replies by stage: those that reached a stage, before and after they are first asked for."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.replies_by_stage import ACCEPTED, RANK, RepliesByStage, rank_of

RCPT, END = RANK[Stage.RCPT], RANK[Stage.END_OF_DATA]


def test_stages_are_ranked_in_the_order_of_the_dialogue() -> None:
    order = [Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END_OF_DATA]
    assert sorted(order, key=rank_of) == order
    assert max(RANK.values()) < ACCEPTED
    assert rank_of("") == RCPT


@pytest.mark.parametrize("asked_early", [True, False])
def test_a_series_holds_the_replies_that_reached_a_stage(*, asked_early: bool) -> None:
    replies = RepliesByStage()
    if asked_early:
        replies.series(END)
    for at, rank in enumerate([RCPT, END, ACCEPTED, RCPT, END]):
        replies.add(float(at), rank)
    assert (replies.series(END).times, replies.series(END).accepted) == ([1.0, 2.0, 4.0], [1])
    assert (len(replies.series(RCPT).times), replies.series(RCPT).accepted) == (5, [1, 2, 4])
    assert [replies.index_among(index, END) for index in (1, 2, 4)] == [0, 1, 2]


def test_a_refusal_is_isolated_between_two_acceptances() -> None:
    replies = RepliesByStage()
    for letter in "x.x.xx.x":
        (replies.count_accepted if letter == "." else replies.count_refused)()
    assert (replies.accepted, replies.refused, replies.isolated) == (3, 5, 1)
