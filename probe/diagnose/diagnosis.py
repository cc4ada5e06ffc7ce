"""A diagnosis as a dialogue without input or output: it asks for experiments, and is told what came of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import BEFORE_RCPT
from fake_gateways.truth import Cause
from probe.diagnose.belief import GREYLIST_S, Belief
from probe.diagnose.bisection import ABOUT_CONTENT, chosen_of, likelihoods_of, smallest, suspects
from probe.diagnose.block import blocked_for_s
from probe.diagnose.choice import SURE_OF_CAUSE, Budget, Stopped, choose, is_explained, knows_mailbox, left_of
from probe.diagnose.conditions import Content, Depth
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.experiments.random_likewise import as_taken
from probe.diagnose.experiments.without_parts import without
from probe.diagnose.message_parts import Part
from probe.diagnose.patterns import FIRST, HISTORY, WORDS, Patterns
from probe.diagnose.reply_kind import (
    ALIKE,
    TAKEN_AT_CONTENT,
    TAKEN_AT_RCPT,
    Answer,
    Place,
    ReplyKind,
    kind_of,
    said_cause,
    told_by_words,
    words_of,
)
from probe.sender.transaction import Result

_WORTH_NAMING: Final = 1.25
"""A step that raises the odds of a cause by this factor speaks for it."""
_LEAST: Final = 1e-9
_AFTER_CONTENT: Final = {
    str(ReplyKind(answer, Place.CONTENT)) for answer in (Answer.TAKEN, Answer.REFUSED, Answer.UNKNOWN_RECIPIENT)
}


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
    disliked: tuple[Part, ...] = ()
    """The smallest part of the message without which it is taken; several if all of them must go."""

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
        return self.belief.alive > 1 / 2 if knows_mailbox(self.belief) else None

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
        """Return the steps that raised the odds of a cause, the strongest first."""
        raised = [(_odds(step.belief, cause) / _odds(step.before, cause), step) for step in self.steps]
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
    def cost(self) -> float:
        """What the experiments cost, as an experiment counts it."""
        return sum(step.experiment.cost(self.belief.depth) for step in self.steps)

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
    history: str | None = None,
    parts: Sequence[Part] = (),
    expecting: Callable[[Belief], Belief] = lambda belief: belief,
    of_cause: bool = True,
) -> Generator[Experiment, Observed | None, Diagnosis]:
    """Yield experiments and take what came of each, None if it may not be made now; return the diagnosis.

    ``first`` is the refusal, ``means`` say which experiments can be made. ``earlier`` ones have been made before.
    ``history`` is what came of attempts before the refusal (see ``probe.diagnose.history``), ``parts`` are those of the
    message. ``expecting`` adds what is known otherwise to the belief after the refusal. Without ``of_cause`` it ends as
    soon as it knows whether the mailbox is alive.
    """
    asking = _Asking(recipient, first, frozenset(means), budget)
    belief = Belief.before(patterns, asking.depth, means)
    belief = belief.told(FIRST, str(kind_of(first.result, recipient)))
    belief = belief.told(WORDS, told_by_words(first.result, recipient))
    if history is not None:
        belief = belief.told(HISTORY, history)
    belief = expecting(belief)
    for experiment, observed in earlier:
        belief = asking.heard(belief, experiment, observed)
    while True:
        chosen = choose(belief, asking.left(), len(asking.steps), asking.spent, budget, of_cause=of_cause)
        if isinstance(chosen, Stopped):
            break
        answer = yield chosen
        if answer is None:
            return Diagnosis(recipient, first, belief, tuple(asking.steps), Stopped.BUDGET)
        belief = asking.heard(belief, chosen, answer)
    disliked, suspected = (yield from _disliked(asking, belief, parts)) if of_cause else ((), ())
    if disliked:
        belief = belief.by_cause(likelihoods_of(disliked, suspected))
        if is_explained(belief) and knows_mailbox(belief):
            chosen = Stopped.DECIDED
        elif chosen is Stopped.DECIDED:
            chosen = Stopped.CANNOT_TELL
    return Diagnosis(recipient, first, belief, tuple(asking.steps), chosen, disliked)


@dataclass
class _Asking:
    """What was asked so far, and what can be asked next."""

    recipient: str
    first: Observed
    means: frozenset[str]
    budget: Budget
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.depth = Depth.of(self.first.result.stage)
        self.words = words_of(self.first.result, self.recipient)
        self._at = self.first.at
        self._blocked_s = self._block_s(self.first.result)

    @property
    def spent(self) -> float:
        """What the experiments cost so far."""
        return sum(step.experiment.cost(self.depth) for step in self.steps)

    def left(self) -> list[Experiment]:
        """Return the experiments that can be made now. After a reply that speaks of a block, they wait for its end.

        What was deferred can be asked once more when a greylist would take it.
        """
        taken = as_taken(step.experiment.now for step in self.steps if step.kind.startswith(Answer.TAKEN))
        means = self.means if taken is None else self.means | {"taken"}
        possible = [each for each in EXPERIMENTS.values() if each.can_be_made(self.depth, means)]
        made = [step.experiment.name for step in self.steps]
        deferred = {step.experiment.name for step in self.steps if step.kind.startswith(Answer.DEFERRED)}
        found = left_of(possible, made, deferred)
        if taken is not None:
            found = [taken if each.name == taken.name else each for each in found]
        return [self.polite(each.after(GREYLIST_S) if each.name in deferred else each) for each in found]

    def polite(self, experiment: Experiment) -> Experiment:
        """Return an experiment that waits until the block has passed of which the last reply spoke."""
        return experiment.after(self._blocked_s)

    def _block_s(self, result: Result) -> float:
        """Return for how long a reply blocks us, 0 if it does not. A bad reputation told at first does not pass."""
        repeated = words_of(result, self.recipient) == self.words
        if repeated and said_cause(result, self.recipient) not in {Cause.VELOCITY, Cause.DIRECTORY_HARVEST}:
            return 0.0
        return blocked_for_s(result, self.recipient) or 0.0

    def heard(self, belief: Belief, experiment: Experiment, observed: Observed) -> Belief:
        """Note what came of an experiment, and return what is believed now."""
        about = observed.recipient or self.recipient
        kind = str(kind_of(observed.result, about, self.words))
        before = belief.aged(observed.at - self._at)
        if experiment.conditions.without:
            belief = before
        else:
            before = before.later(experiment)
            belief = before.observed(experiment, kind, said_cause(observed.result, about))
        self._at = observed.at
        self._blocked_s = self._block_s(observed.result)
        self.steps.append(Step(experiment, observed, kind, belief, before))
        return belief


def _odds(belief: Belief, cause: Cause) -> float:
    probability = min(max(belief.causes()[cause], _LEAST), 1 - _LEAST)
    return probability / (1 - probability)


def _disliked(
    asking: _Asking, belief: Belief, parts: Sequence[Part]
) -> Generator[Experiment, Observed | None, tuple[tuple[Part, ...], tuple[Part, ...]]]:
    """Leave out half of what may be disliked, again and again, as long as the budget lasts.

    Return it, and all that were suspected. What a block or a greylist has answered is asked once more.
    """
    changed: dict[Content, bool] = {
        step.experiment.conditions.content: step.kind == TAKEN_AT_CONTENT
        for step in asking.steps
        if step.experiment.conditions.content is not Content.CAMPAIGN and _is_about_message(step)
    }
    about_content = sum(weight for cause, weight in belief.causes().items() if cause in ABOUT_CONTENT)
    if asking.depth is not Depth.CONTENT or about_content < SURE_OF_CAUSE:
        return (), ()
    suspected = suspects(parts, changed)
    searching = smallest(suspected, certain=any(changed.values()))
    try:
        numbers, wait_s = next(searching), 0.0
        while True:
            experiment = asking.polite(without(numbers).after(wait_s))
            if len(asking.steps) >= asking.budget.experiments:
                return (), ()
            if not asking.budget.allows(experiment, asking.depth, asking.spent):
                return (), ()
            observed = yield experiment
            if observed is None:
                return (), ()
            asking.heard(belief, experiment, observed)
            last = asking.steps[-1]
            if _is_about_message(last):
                numbers, wait_s = searching.send(last.kind == TAKEN_AT_CONTENT), 0.0
            elif wait_s:
                return (), ()
            else:
                wait_s = GREYLIST_S
    except StopIteration as ended:
        return chosen_of(parts, suspected, ended.value), tuple(parts[number] for number in suspected)


def _is_about_message(step: Step) -> bool:
    """Whether a reply says something of the message: it was taken, or refused for good or as at first."""
    return step.kind == ALIKE or step.kind in _AFTER_CONTENT
