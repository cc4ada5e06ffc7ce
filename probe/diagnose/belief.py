"""What is believed after some replies: the probability of every hypothesis, and of what the gateway has become."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

from fake_gateways.truth import Cause
from probe.diagnose.conditions import Depth, Recipient, Source
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import HYPOTHESES, Hypothesis, mattering
from probe.diagnose.likelihood import BLOCKED, GONE, NEWCOMER, is_wordless, likelihood, likelihood_of_place
from probe.diagnose.patterns import FIRST, HISTORY, WORDS, Pattern, Patterns
from probe.diagnose.phase import WAITS_S, Phase, changes, likelihood_of_name, passes_after_s
from probe.diagnose.prior import CHANGES_NOTHING_WITHOUT, OF_ONE, is_like_the_first, possible, prior
from probe.diagnose.reply_kind import ALIKE, TAKEN_AT_CONTENT, TAKEN_AT_RCPT, Answer

_HALF_LIFE_S: Final = 5 * 86_400.0
"""Servers change their minds: after this time a belief counts half (emailtester.net, IMC 2005)."""
_BLOCK_HALVES_S: Final = 3600.0
"""Blocks that were provoked end by themselves: half of them within this time."""
_BLOCKED_BY_RECIPIENT: Final = 0.002
_BLOCKED_BY_RANDOM_RECIPIENT: Final = 0.02
_BLOCKED_BY_HASTE: Final = 0.01
"""How likely one more recipient makes a gateway block us. Counters of unknown recipients are the lowest, then those of
recipients that follow each other at once."""
_NEVER_SEEN: Final = 0.1
"""How likely the words of a refusal, or what came before it, are none of those that were seen with its cause.

So words alone hardly ever decide.
"""
_WORDLESS: Final = 0.1
"""How likely a gateway that refuses the sender or the message closes the connection, or hangs, in place of a reply."""
GREYLIST_S: Final = WAITS_S["after-minutes"]
"""After so long a greylist takes what it has deferred."""
_OF_ITS_OWN: Final = 0.1
"""A recipient that is alive is refused for a reason of its own as often as if so many others had been."""
_AS_GONE: Final = 0.5
"""How likely one that is gone is refused for that, if the living are refused in the same words for another reason."""
_WAITING: Final = frozenset(name for name, each in EXPERIMENTS.items() if each.conditions.wait_s)
"""The experiments that wait: a pattern shows them as they are then."""
_MAY_CHANGE_NOTHING: Final = frozenset(CHANGES_NOTHING_WITHOUT.values())
_LEAST: Final = 1e-6
"""Patterns that are less likely than this are dropped."""


class State(NamedTuple):
    """A pattern by its number, and what the gateway has become since the refusal."""

    pattern: int
    phase: Phase = Phase.AS_AT_FIRST


@dataclass(frozen=True)
class Belief:
    """Probabilities of what is true. Replies are added one by one, in the order of time."""

    known: tuple[Pattern, ...]
    outcomes: Mapping[str, tuple[str, ...]]
    depth: Depth
    weights: Mapping[State, float]
    at_first: Mapping[State, float]
    """The probabilities after the first refusal, before any experiment: to these a belief fades."""
    seen: Mapping[str, Mapping[Cause, Mapping[str, int]]]
    """How often each words, and each history, were seen with a cause."""
    passes_s: Sequence[float]
    """After how many seconds a recipient was taken again, by pattern."""
    first: str = ""
    """The kind of the first refusal."""
    waited_s: float = 0.0
    """How long the experiments have waited since the last one in which the recipient was refused."""
    deferred: frozenset[str] = frozenset()
    """The experiments that were deferred: to a greylist, what they asked for is known from then on."""

    @classmethod
    def before(cls, patterns: Patterns, depth: Depth, means: Collection[str] | None = None) -> Belief:
        """Return the belief before any reply: every cause is as likely as any other.

        With ``means``, patterns do not count that cannot be: a message without links is not disliked for its links.
        """
        known = possible(patterns, depth, means)
        weights = {State(number): weight for number, weight in enumerate(prior(known, patterns))}
        seen = {of: patterns.seen(of) for of in (WORDS, HISTORY)}
        return cls(known, patterns.outcomes, depth, weights, weights, seen, tuple(map(passes_after_s, known)))

    def hypotheses(self) -> dict[Hypothesis, float]:
        """Return the probability of every hypothesis."""
        found = dict.fromkeys(HYPOTHESES, 0.0)
        for (number, _), weight in self.weights.items():
            found[self.known[number].hypothesis] += weight
        return found

    def causes(self) -> dict[Cause, float]:
        """Return the probability of every cause, the likeliest first."""
        found: dict[Cause, float] = {}
        for (cause, _), weight in self.hypotheses().items():
            found[cause] = found.get(cause, 0.0) + weight
        return dict(sorted(found.items(), key=lambda each: -each[1]))

    @cached_property
    def alive(self) -> float:
        """The probability that the mailbox is alive."""
        return sum(weight for hypothesis, weight in self.hypotheses().items() if hypothesis.alive)

    @property
    def blocked(self) -> float:
        """The probability that we have provoked a block."""
        return self.become(Phase.BLOCKS_US)

    def become(self, *phases: Phase) -> float:
        """Return the probability that the gateway has become one of these."""
        return sum(weight for state, weight in self.weights.items() if state.phase in phases)

    @property
    def entropy(self) -> float:
        """How many bits are missing to know which hypothesis is true."""
        return _entropy(_as_far_as_it_matters(self.hypotheses()))

    def told(self, of: str, outcome: str) -> Belief:
        """Return the belief after the first refusal. ``of`` is ``FIRST``, ``WORDS`` or ``HISTORY``.

        Where a gateway refuses belongs to its pattern. What it says, and what came before, belongs to the cause: any
        pattern may come with any words.
        """
        if of == FIRST:
            after = self._weighed(lambda state: likelihood_of_place(self.known[state.pattern].shows.get(of), outcome))
            after = replace(after, first=outcome)
        else:
            after = self.by_cause(self._shares(of, outcome))
        return replace(after, at_first=after.weights)

    def _shares(self, of: str, outcome: str) -> dict[Cause, float]:
        """Return how likely an outcome is for each cause, as far as is known."""
        never, any_other = _NEVER_SEEN, 1 / max(len(self.outcomes.get(of, ())), 2)
        wordless = (_WORDLESS, 1 / 2) if is_wordless(outcome) else (never, any_other)
        shares: dict[Cause, float] = {}
        for cause, seen in self.seen[of].items():
            unseen, among = (never, any_other) if cause.fault in OF_ONE else wordless
            shares[cause] = (1 - unseen) * seen.get(outcome, 0) / sum(seen.values()) + unseen * among
        return shares

    def by_cause(self, likelihoods: Mapping[Cause, float]) -> Belief:
        """Return the belief after something that is as likely for each cause as given, 1 where nothing is given."""
        return self._weighed(lambda state: likelihoods.get(self.known[state.pattern].hypothesis.cause, 1.0))

    def aged(self, seconds: float) -> Belief:
        """Return the belief after a time in which nothing was heard."""
        kept = 0.5 ** (seconds / _HALF_LIFE_S)
        ended = 1 - 0.5 ** (seconds / _BLOCK_HALVES_S)
        weights: dict[State, float] = {}
        for state, weight in self.weights.items():
            is_blocked = state.phase is Phase.BLOCKS_US
            weights[state] = weights.get(state, 0.0) + kept * weight * (1 - ended if is_blocked else 1.0)
            if is_blocked:
                then = State(state.pattern)
                weights[then] = weights.get(then, 0.0) + kept * weight * ended
        for state, weight in self.at_first.items():
            weights[state] = weights.get(state, 0.0) + (1 - kept) * weight
        return replace(self, weights=weights)

    def later(self, experiment: Experiment) -> Belief:
        """Return the belief at the time of an experiment: the gateway may have changed since the one before it."""
        weights: dict[State, float] = {}
        for state, weight in self.weights.items():
            kept = weight
            for phase, share in changes(self.known[state.pattern], state.phase, experiment.conditions.wait_s).items():
                then = State(state.pattern, phase)
                weights[then] = weights.get(then, 0.0) + share * weight
                kept -= share * weight
            weights[state] = weights.get(state, 0.0) + kept
        return replace(self, weights=weights)

    def expecting(self, alive: float, causes: Mapping[Cause, float]) -> Belief:
        """Return the belief of somebody who knows how likely the mailbox is alive, and why others like it are refused.

        ``causes`` are those of others that are alive and were refused in the same words: how many, by cause.
        """
        before, others = self.hypotheses(), sum(causes.values())
        of_alive = sum(weight for hypothesis, weight in before.items() if hypothesis.alive)
        wanted: dict[Hypothesis, float] = {}
        for hypothesis, weight in before.items():
            own = weight / (of_alive if hypothesis.alive else 1 - of_alive) if weight else 0.0
            kept = _OF_ITS_OWN / (_OF_ITS_OWN + others)
            if others and not hypothesis.alive:
                kept = max(kept, _AS_GONE)
            as_others = (1 - kept) * causes.get(hypothesis.cause, 0.0) / others if others else 0.0
            wanted[hypothesis] = (kept * own + as_others) * (alive if hypothesis.alive else 1 - alive)
        weights = {
            state: weight * wanted[hypothesis] / before[hypothesis]
            for state, weight in self.weights.items()
            if before[hypothesis := self.known[state.pattern].hypothesis]
        }
        total = sum(weights.values())
        if not total:
            return self
        weights = {state: weight / total for state, weight in weights.items()}
        return replace(self, weights=weights, at_first=weights)

    def observed(self, experiment: Experiment, outcome: str, said: str | None = None) -> Belief:
        """Return the belief after the reply to an experiment. ``said`` is the cause that a refusal names.

        Before the reply, the experiment may itself have provoked a block.
        """
        outcomes = self.outcomes.get(experiment.name, ())
        if is_like_the_first(experiment.name, outcome, self.first):
            outcome = ALIKE
        is_taken = outcome.startswith(Answer.TAKEN)
        # Words like the first ones are known already.
        named = None if is_taken or outcome == ALIKE else said

        def likely(state: State) -> float:
            share = likelihood(outcomes, self.shown(state, experiment), outcome, self.first)
            if named is None:
                return share
            return share * likelihood_of_name(state.phase, self.known[state.pattern].hypothesis.cause, named)

        after = self._at_risk(experiment)._weighed(likely)  # noqa: SLF001
        is_refused = experiment.conditions.is_of_the_same_message and not is_taken
        deferred = {_asked_for(experiment)} if outcome.startswith(Answer.DEFERRED) else set()
        return replace(
            after,
            waited_s=0.0 if is_refused else self.waited_s + experiment.conditions.wait_s,
            deferred=self.deferred | deferred,
        )

    def gain(self, experiment: Experiment) -> float:
        """Return by how many bits an experiment is expected to lower the entropy."""
        before = self._at_risk(experiment)
        shown: dict[str | None, dict[Hypothesis, float]] = {}
        for state, weight in before.weights.items():
            of_shown = shown.setdefault(self.shown(state, experiment), {})
            hypothesis = mattering(self.known[state.pattern].hypothesis)
            of_shown[hypothesis] = of_shown.get(hypothesis, 0.0) + weight
        after: list[dict[Hypothesis, float]] = []
        outcomes = self.outcomes.get(experiment.name, ())
        for outcome in outcomes:
            found: dict[Hypothesis, float] = {}
            for each, weights in shown.items():
                share = likelihood(outcomes, each, outcome, self.first)
                for hypothesis, weight in weights.items():
                    found[hypothesis] = found.get(hypothesis, 0.0) + weight * share
            after.append(found)
        total = sum(sum(found.values()) for found in after)
        if not total:
            return 0.0
        return self.entropy - sum(sum(found.values()) / total * _entropy(found) for found in after)

    def chances(self, experiment: Experiment) -> dict[str, float]:
        """Return how likely each outcome of an experiment is, the likeliest first."""
        outcomes = self.outcomes.get(experiment.name, ())
        found = dict.fromkeys(outcomes, 0.0)
        for state, weight in self._at_risk(experiment).weights.items():
            for outcome in outcomes:
                found[outcome] += weight * likelihood(outcomes, self.shown(state, experiment), outcome, self.first)
        total = sum(found.values())
        ordered = sorted(found.items(), key=lambda each: -each[1])
        return {outcome: weight / total for outcome, weight in ordered}

    def shown(self, state: State, experiment: Experiment) -> str | None:
        """Return the outcome that a pattern shows, None if it is not known, and what stands for it in some phases."""
        conditions, name, (number, phase) = experiment.conditions, experiment.name, state
        if phase is Phase.REFUSES_ALL or (phase is Phase.BLOCKS_US and conditions.source is not Source.ELSEWHERE):
            return BLOCKED
        if phase is Phase.GREYLISTS and not (
            conditions.wait_s >= GREYLIST_S and _asked_for(experiment) in self.deferred
        ):
            return NEWCOMER
        pattern = self.known[number]
        if phase is Phase.HAS_PASSED:
            has_passed = name not in _WAITING or name in WAITS_S
        else:
            has_passed = name not in _WAITING and self.waited_s + conditions.wait_s >= self.passes_s[number]
        # What made the gateway refuse has passed, but each new sender and recipient is greylisted anew.
        greylists = pattern.hypothesis.cause is Cause.GREYLISTED
        if has_passed and (not greylists or conditions.is_of_the_same_message):
            return _once_passed(pattern, self.passes_s[number], conditions.recipient)
        if name in _MAY_CHANGE_NOTHING:
            return pattern.shows.get(name, pattern.shows.get("again"))
        return pattern.shows.get(name)

    def _weighed(self, likely: Callable[[State], float]) -> Belief:
        weights = {state: weight * likely(state) for state, weight in self.weights.items()}
        total = sum(weights.values())
        return replace(
            self, weights={state: weight / total for state, weight in weights.items() if weight > _LEAST * total}
        )

    def _at_risk(self, experiment: Experiment) -> Belief:
        conditions = experiment.conditions
        risk = _BLOCKED_BY_RECIPIENT * conditions.recipients + _BLOCKED_BY_HASTE * conditions.transactions_before
        if conditions.recipient is Recipient.RANDOM:
            risk += _BLOCKED_BY_RANDOM_RECIPIENT
        weights: dict[State, float] = {}
        for state, weight in self.weights.items():
            at_risk = risk * weight if state.phase is Phase.AS_AT_FIRST else 0.0
            weights[state] = weights.get(state, 0.0) + weight - at_risk
            if at_risk:
                then = State(state.pattern, Phase.BLOCKS_US)
                weights[then] = weights.get(then, 0.0) + at_risk
        return replace(self, weights=weights)


def _asked_for(experiment: Experiment) -> str:
    """Return what a greylist tells experiments apart by: those with the same message are the same to it."""
    return "" if experiment.conditions.is_of_the_same_message else experiment.name


def _once_passed(pattern: Pattern, passes_s: float, recipient: Recipient) -> str | None:
    """Return what is shown when the reason of a refusal has passed, None if nobody knows."""
    if recipient is Recipient.RANDOM:
        return None
    # Some take whoever is gone, too.
    if recipient is Recipient.REFUSED and not pattern.hypothesis.alive and passes_s == math.inf:
        return GONE
    return TAKEN_AT_CONTENT if pattern.depth is Depth.CONTENT else TAKEN_AT_RCPT


def _as_far_as_it_matters(weights: Mapping[Hypothesis, float]) -> dict[Hypothesis, float]:
    found: dict[Hypothesis, float] = {}
    for hypothesis, weight in weights.items():
        found[mattering(hypothesis)] = found.get(mattering(hypothesis), 0.0) + weight
    return found


def _entropy(weights: Mapping[Hypothesis, float]) -> float:
    total = sum(weights.values())
    return -sum(weight / total * math.log2(weight / total) for weight in weights.values() if weight > 0)
