"""A diagnosis as a dialogue without input or output: it asks for experiments, and is told what came of each."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import BEFORE_RCPT
from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.choice import SURE_OF_CAUSE, SURE_OF_MAILBOX, Budget, Stopped, choose, is_explained, left_of
from probe.diagnose.conditions import Depth
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.patterns import FIRST, WORDS, Patterns
from probe.diagnose.reply_kind import TAKEN_AT_CONTENT, TAKEN_AT_RCPT, kind_of, said_cause, words_of
from probe.sender.transaction import Result

_WORTH_NAMING: Final = 1.25
"""A step that raises a probability by this factor speaks for it."""
_LEAST: Final = 1e-9


class Observed(NamedTuple):
    """What came of a dialogue: the result, the time it began in seconds since the epoch, and its transcript.

    ``source`` is the address it came from, ``return_path`` and ``recipient`` are what MAIL and RCPT named.
    """

    result: Result
    at: float
    dialogue: str = ""
    source: str = ""
    return_path: str = ""
    recipient: str = ""


class Step(NamedTuple):
    """One experiment, what came of it, and what was believed afterwards and before."""

    experiment: Experiment
    observed: Observed
    kind: str
    belief: Belief
    before: Belief


@dataclass(frozen=True)
class Diagnosis:
    """What was found out about a refused recipient."""

    recipient: str
    first: Observed
    belief: Belief
    steps: tuple[Step, ...]
    stopped: Stopped

    @property
    def cause(self) -> Cause:
        """The likeliest cause."""
        return next(iter(self.belief.causes()))

    @property
    def possible(self) -> dict[Cause, float]:
        """The fewest causes that together have a probability of 95 %, the likeliest first."""
        found: dict[Cause, float] = {}
        for cause, probability in self.belief.causes().items():
            if sum(found.values()) >= SURE_OF_CAUSE:
                break
            found[cause] = probability
        return found

    @property
    def is_alive(self) -> bool | None:
        """Whether the mailbox is alive, None if that cannot be told."""
        return None if SURE_OF_MAILBOX > self.belief.alive > 1 - SURE_OF_MAILBOX else self.belief.alive > 1 / 2

    @property
    def is_explained(self) -> bool:
        """Whether the cause is known, as far as it matters to a sender."""
        return is_explained(self.belief)

    @property
    def is_reachable(self) -> bool:
        """Whether the gateway took the refused dialogue without a change the last time it was held."""
        taken = TAKEN_AT_CONTENT if self.belief.depth is Depth.CONTENT else TAKEN_AT_RCPT
        kinds = [step.kind for step in self.steps if step.experiment.conditions.is_unchanged]
        return kinds[-1:] == [taken]

    def spoke_for(self, cause: Cause) -> list[Step]:
        """Return the steps that made a cause more likely, the strongest first."""
        raised = [(step.belief.causes()[cause] / max(step.before.causes()[cause], _LEAST), step) for step in self.steps]
        return [step for by, step in sorted(raised, key=lambda each: -each[0]) if by >= _WORTH_NAMING]

    @property
    def recipients(self) -> int:
        """About how many recipients the gateway was asked, with those asked twice."""
        asked = [step for step in self.steps if step.observed.result.stage not in BEFORE_RCPT]
        return sum(step.experiment.conditions.recipients for step in asked)

    @property
    def messages(self) -> int:
        """How many messages were delivered, at most. One may have been delivered to controls only."""
        delivers = self.belief.depth is Depth.CONTENT
        return sum(
            step.kind == TAKEN_AT_CONTENT or (delivers and step.experiment.conditions.recipients_beside > 0)
            for step in self.steps
        )

    @property
    def seconds(self) -> float:
        """How long it took, from the refusal to the last experiment."""
        return self.steps[-1].observed.at - self.first.at if self.steps else 0.0


def diagnose(
    recipient: str,
    first: Observed,
    means: Collection[str],
    patterns: Patterns,
    budget: Budget,
    *,
    earlier: Iterable[tuple[Experiment, Observed]] = (),
) -> Generator[Experiment, Observed | None, Diagnosis]:
    """Yield experiments and take what came of each, None if it may not be made now; return the diagnosis.

    ``first`` is the refusal, ``means`` say which experiments can be made. ``earlier`` ones have been made before.
    """
    depth = Depth.of(first.result.stage)
    possible = [
        each
        for each in EXPERIMENTS.values()
        if each.can_be_made(depth, means) and each.conditions.wait_s <= budget.longest_wait_s
    ]
    words = words_of(first.result, recipient)
    belief = Belief.before(patterns, depth)
    belief = belief.told(FIRST, str(kind_of(first.result, recipient)))
    belief = belief.told(WORDS, said_cause(first.result, recipient))
    steps: list[Step] = []
    heard = first.at
    remembered = iter(earlier)
    while True:
        chosen, observed = next(remembered, (None, None))
        if chosen is None:
            spent = sum(step.experiment.cost(depth) for step in steps)
            left = left_of(possible, [step.experiment.name for step in steps])
            next_one = choose(belief, left, len(steps), spent, budget)
            if isinstance(next_one, Stopped):
                return Diagnosis(recipient, first, belief, tuple(steps), next_one)
            chosen, observed = next_one, (yield next_one)
        if observed is None:
            return Diagnosis(recipient, first, belief, tuple(steps), Stopped.BUDGET)
        kind = str(kind_of(observed.result, recipient, words))
        before = belief.aged(observed.at - heard)
        belief = before.observed(chosen, kind)
        heard = observed.at
        steps.append(Step(chosen, observed, kind, belief, before))
