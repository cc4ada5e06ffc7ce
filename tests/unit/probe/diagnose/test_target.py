"""A target is asked until the diagnosis ends, and goes on from what was heard before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from diagnosing import KNOWN, RECIPIENT, REFUSAL, replied

from fake_gateways.truth import Cause
from probe.diagnose.choice import Budget, Stopped
from probe.diagnose.diagnosis import Diagnosis, Observed
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.message_parts import Part
from probe.diagnose.target import diagnose_target

TAKEN = replied(250, "2.1.5", "ok")


@dataclass
class Asked:
    """A target whose control is taken. It notes what it is asked; ``may_ask`` says how often it may be."""

    earlier: Sequence[tuple[Experiment, Observed]] = ()
    may_ask: Callable[[int], bool] = lambda _: True
    recipient: str = RECIPIENT
    history: str | None = None
    parts: Sequence[Part] = ()
    first: Observed = field(default_factory=lambda: Observed(REFUSAL, 0.0))
    means: frozenset[str] = frozenset({"control", "neighbour"})
    made: list[str] = field(default_factory=list)

    async def carry_out(self, experiment: Experiment) -> Observed | None:
        """Answer an experiment."""
        if not self.may_ask(len(self.made)):
            return None
        self.made.append(experiment.name)
        return Observed(TAKEN if experiment.name == "control" else REFUSAL, 60.0 * len(self.made))


def diagnosed(target: Asked, budget: Budget | None = None) -> Diagnosis:
    """Diagnose a target."""
    return asyncio.run(diagnose_target(target, KNOWN, budget or Budget()))


def test_what_was_heard_before_is_not_asked_again() -> None:
    whole = Asked()
    found = diagnosed(whole)
    assert (found.cause, found.stopped) == (Cause.USER_UNKNOWN, Stopped.DECIDED)
    for known in range(1, len(whole.made) + 1):
        before = tuple((step.experiment, step.observed) for step in found.steps[:known])
        rest = Asked(before)
        again = diagnosed(rest)
        assert rest.made == whole.made[known:]
        assert [step.experiment for step in again.steps] == [step.experiment for step in found.steps]
        assert again.cause is found.cause


def test_a_target_that_may_not_be_asked_ends_the_diagnosis() -> None:
    target = Asked(may_ask=lambda made: made < 1)
    found = diagnosed(target)
    assert (len(found.steps), found.stopped) == (1, Stopped.BUDGET)


def test_no_experiment_waits_longer_than_it_may() -> None:
    unlimited, limited = Asked(means=frozenset()), Asked(means=frozenset())
    diagnosed(unlimited)
    diagnosed(limited, Budget(longest_wait_s=600.0))
    assert any(EXPERIMENTS[name].conditions.wait_s > 600.0 for name in unlimited.made)
    assert all(EXPERIMENTS[name].conditions.wait_s <= 600.0 for name in limited.made)
