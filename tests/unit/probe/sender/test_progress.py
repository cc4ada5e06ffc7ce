"""The progress of a run: counted in batches, summed by lane."""

from __future__ import annotations

from book_rows import attempt

from probe.records.attempt import Outcome
from probe.sender.progress import FLUSH_EVERY, LaneCounts, Progress, Step, StepCounter, Steps


def test_counts_are_passed_on_after_so_many_attempts_and_once_only() -> None:
    reported: list[Steps] = []
    counter = StepCounter(reported.append)
    for _ in range(FLUSH_EVERY):
        counter.count("acme", attempt(outcome=Outcome.DELIVERED), final=True)
    assert reported == [{Step("acme", "delivered", final=True): FLUSH_EVERY}]
    counter.flush()
    assert len(reported) == 1


def test_a_flush_passes_on_what_was_not_passed_on_yet() -> None:
    reported: list[Steps] = []
    counter = StepCounter(reported.append)
    counter.count("acme", attempt(outcome=Outcome.DEFERRED), final=False)
    counter.flush()
    assert reported == [{Step("acme", "deferred", final=False): 1}]


def test_final_steps_finish_deliveries_by_their_outcome() -> None:
    progress = Progress()
    progress.plan("acme", 6)
    finished = progress.take(
        Steps(
            {
                Step("acme", "delivered", final=True): 1,
                Step("acme", "refused", final=True): 2,
                Step("acme", "failed", final=True): 1,
                Step("acme", "deferred", final=False): 5,
            }
        )
    )
    counts = progress.lanes["acme"]
    assert finished == counts.finished == 4
    assert (counts.delivered, counts.refused, counts.given_up, counts.deferrals, counts.attempts) == (1, 2, 1, 5, 9)
    assert counts.queued == 2


def test_lanes_are_added_up_count_by_count() -> None:
    total = LaneCounts(planned=3, delivered=1)
    total.add(LaneCounts(planned=4, refused=2, attempts=2))
    assert total == LaneCounts(planned=7, delivered=1, refused=2, attempts=2)
