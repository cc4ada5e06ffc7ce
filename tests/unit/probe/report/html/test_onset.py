"""The piles of a gateway's chart, and how times and durations are written."""

from __future__ import annotations

from collections import Counter

from probe.judge.onset import GatewayInCampaign, Onset
from probe.judge.outcome import RecipientOutcome
from probe.report.html.onset import clock, length, steps


def test_results_stand_on_each_other_in_the_same_order_in_every_step() -> None:
    piles = {
        1: Counter({RecipientOutcome.LIED: 2, RecipientOutcome.DELIVERED: 5}),
        0: Counter({RecipientOutcome.DEFERRED: 1}),
    }
    made = list(steps(Onset(GatewayInCampaign("acme", "news"), 8, 2, 2, 60, 0, piles)))
    assert [(each["at"], each["until"], each["low"], each["high"], each["standing"]) for each in made] == [
        (0, 60_000, 0, 1, "deferred"),
        (60_000, 120_000, 0, 5, "delivered"),
        (60_000, 120_000, 5, 7, "lied"),
    ]
    assert made[2]["told"] == "1970-01-01 00:01:00: 2 attempts, alive, reported as a hard bounce"


def test_a_time_is_written_to_the_second() -> None:
    assert clock(1_772_438_400.9) == "2026-03-02 08:00:00"


def test_lengths_are_told_in_the_largest_unit_that_fits() -> None:
    assert [length(s) for s in (1, 30, 60, 600, 7200, 86_400, 604_800)] == [
        *("second", "30 seconds", "minute", "10 minutes", "2 hours", "day", "week")
    ]
