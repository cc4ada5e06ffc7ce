"""What an experiment costs, and when it can be made."""

from __future__ import annotations

import pytest

from probe.diagnose.conditions import Conditions, Content, Depth, Recipient
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS

AGAIN = EXPERIMENTS["again"]


def test_a_message_costs_more_than_a_question() -> None:
    assert AGAIN.cost(Depth.CONTENT) > AGAIN.cost(Depth.RCPT)


@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(recipient=Recipient.RANDOM),
        Conditions(wait_s=3600.0),
        Conditions(transactions_before=9),
        Conditions(recipients_beside=2),
    ],
)
def test_risk_time_and_recipients_cost(conditions: Conditions) -> None:
    assert Experiment("x", "x?", conditions).cost(Depth.RCPT) > AGAIN.cost(Depth.RCPT)


def test_an_experiment_needs_its_means_and_its_depth() -> None:
    content = Experiment("x", "x?", Conditions(content=Content.NEUTRAL), only_at=Depth.CONTENT)
    assert not content.can_be_made(Depth.RCPT, ())
    assert content.can_be_made(Depth.CONTENT, ())
    assert not EXPERIMENTS["neighbour"].can_be_made(Depth.RCPT, {"elsewhere"})
    assert EXPERIMENTS["neighbour"].can_be_made(Depth.RCPT, {"neighbour"})


def test_every_experiment_changes_one_condition_or_says_which_two() -> None:
    usual = Conditions()
    for name, experiment in EXPERIMENTS.items():
        changed = [key for key, value in vars(experiment.conditions).items() if value != getattr(usual, key)]
        assert len(changed) == {"again": 0, "fast": 2, "other-identity": 2}.get(name, 1), name
        assert experiment.question.endswith("?")


def test_an_experiment_can_wait_and_need_not_wait_again() -> None:
    assert AGAIN.after(60.0).conditions.wait_s == 60.0
    late = EXPERIMENTS["another-hour"]
    assert late.after(60.0) is late
    assert late.now.conditions.wait_s == 0.0
