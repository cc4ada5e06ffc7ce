"""What is believed after some replies: the probability of every hypothesis, and of having provoked a block."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final, NamedTuple

from fake_gateways.truth import Cause, Fault
from probe.diagnose.conditions import Depth, Recipient, Source
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import HYPOTHESES, Hypothesis, mattering
from probe.diagnose.patterns import FIRST, Pattern, Patterns
from probe.diagnose.reply_kind import ALIKE, Answer, Place

_ALIVE_IF_REFUSED_FOR_ANOTHER_REASON: Final = 0.8
"""Of those whom a gateway refuses for a reason of its own, most are alive: some 4 to 5 % of a list has left.

But whoever asks has doubts. With this value, a gateway that takes everybody proves nothing of a mailbox.
"""
_HALF_LIFE_S: Final = 5 * 86_400.0
"""Servers change their minds: after this time a belief counts half (emailtester.net, IMC 2005)."""
_BLOCK_HALVES_S: Final = 3600.0
"""Blocks that were provoked end by themselves: half of them within this time."""
_BLOCKED_BY_RECIPIENT: Final = 0.002
_BLOCKED_BY_RANDOM_RECIPIENT: Final = 0.02
"""How likely one more recipient makes a gateway block us. Counters of unknown recipients are the lowest."""
_OTHERWISE: Final = 0.03
"""How likely a gateway answers otherwise than its pattern says: no two are equal, and some change their minds."""
_IN_OTHER_WORDS: Final = 0.07
"""How likely it refuses at the same place, but in other words than its pattern says."""
_DEFERS: Final = 0.5
"""How likely a block defers instead of refusing for good."""
_BLOCKED: Final = "blocked"
"""In place of what a pattern shows: we have provoked a block."""
_NEVER_SEEN: Final = 0.02
"""How likely the words of a refusal, or what came before it, are none of those that were seen with its cause."""
_WAITS_S: Final = {name: EXPERIMENTS[name].conditions.wait_s for name in ("after-minutes", "another-hour")}
"""The experiments that show whether a refusal passes, the shorter first, and how long they wait."""
_CHANGES_NOTHING_WITHOUT: Final = {
    "links": "without-links",
    "attachments": "without-attachments",
    "size": "small-size",
    "tls": "over-tls",
}
"""Experiments that change nothing if something is missing: a message without links is the same without them."""
_OF_ITS_OWN: Final = 0.1
"""A recipient that is alive is refused for a reason of its own as often as if so many others had been."""
_AS_GONE: Final = 0.5
"""How likely one that is gone is refused for that, if the living are refused in the same words for another reason."""
_OFFERED: Final = {(Cause.TLS_REQUIRED, depth): "tls" for depth in Depth} | {(Cause.TOO_LARGE, Depth.RCPT): "size"}
"""What a gateway offers that refuses for a cause: none requires TLS without it, or knows a size beforehand."""
_LEAST: Final = 1e-6
"""Patterns that are less likely than this are dropped."""


class _State(NamedTuple):
    """A pattern by its number, and whether we have provoked a block."""

    pattern: int
    blocked: bool


@dataclass(frozen=True)
class Belief:
    """Probabilities of what is true. Replies are added one by one, in the order of time."""

    known: tuple[Pattern, ...]
    outcomes: Mapping[str, tuple[str, ...]]
    depth: Depth
    weights: Mapping[_State, float]
    at_first: Mapping[_State, float]
    """The probabilities after the first refusal, before any experiment: to these a belief fades."""
    first: str = ""
    """The kind of the first refusal."""
    waited_s: float = 0.0
    """How long the experiments have waited since the last one in which the recipient was refused."""

    @classmethod
    def before(cls, patterns: Patterns, depth: Depth, means: Collection[str] | None = None) -> Belief:
        """Return the belief before any reply: every cause is as likely as any other.

        With ``means``, patterns do not count that cannot be: a message without links is not disliked for its links.
        """
        known = patterns.at(depth)
        if means is not None:
            known = [each for each in known if _fits(each, means)] or known
        known = [_with_alike(each) for each in known]
        prior = _prior(known, patterns)
        return cls(tuple(known), patterns.outcomes, depth, prior, prior)

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
        return sum(weight for state, weight in self.weights.items() if state.blocked)

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
            after = self._weighed(lambda state: _likelihood_of_place(self.known[state.pattern].shows.get(of), outcome))
            after = replace(after, first=outcome)
        else:
            shares = self._shares(of, outcome)
            after = self._weighed(lambda state: shares[self.known[state.pattern].hypothesis.cause])
        return replace(after, at_first=after.weights)

    def _shares(self, of: str, outcome: str) -> dict[Cause, float]:
        """Return how likely an outcome is for each cause, as far as is known."""
        found: dict[Cause, list[float]] = {}
        for state, weight in self.weights.items():
            of_cause = found.setdefault(self.known[state.pattern].hypothesis.cause, [0.0, 0.0])
            of_cause[self.known[state.pattern].shows.get(of) == outcome] += weight
        any_other = 1 / max(len(self.outcomes.get(of, ())), 2)
        return {
            cause: (1 - _NEVER_SEEN) * same / (same + other) + _NEVER_SEEN * any_other
            for cause, (other, same) in found.items()
        }

    def aged(self, seconds: float) -> Belief:
        """Return the belief after a time in which nothing was heard."""
        kept = 0.5 ** (seconds / _HALF_LIFE_S)
        ended = 1 - 0.5 ** (seconds / _BLOCK_HALVES_S)
        weights: dict[_State, float] = {}
        for state, weight in self.weights.items():
            weights[state] = weights.get(state, 0.0) + kept * weight * (1 - ended if state.blocked else 1.0)
            if state.blocked:
                then = _State(state.pattern, blocked=False)
                weights[then] = weights.get(then, 0.0) + kept * weight * ended
        for state, weight in self.at_first.items():
            weights[state] = weights.get(state, 0.0) + (1 - kept) * weight
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

    def observed(self, experiment: Experiment, outcome: str) -> Belief:
        """Return the belief after the reply to an experiment.

        Before the reply, the experiment may itself have provoked a block.
        """
        outcomes = self.outcomes.get(experiment.name, ())
        if outcome == self.first and _is_about_refused(experiment.name):
            outcome = ALIKE
        after = self._at_risk(experiment)._weighed(  # noqa: SLF001
            lambda state: likelihood(outcomes, self.shown(state, experiment), outcome, self.first)
        )
        is_refused = experiment.conditions.is_of_the_same_message and not outcome.startswith(Answer.TAKEN)
        return replace(after, waited_s=0.0 if is_refused else self.waited_s + experiment.conditions.wait_s)

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

    def shown(self, state: _State, experiment: Experiment) -> str | None:
        """Return the outcome that a pattern shows, None if it is not known, and that of a block where there is one."""
        conditions = experiment.conditions
        if state.blocked and conditions.source is not Source.ELSEWHERE:
            return _BLOCKED
        shows = self.known[state.pattern].shows
        if not EXPERIMENTS[experiment.name].conditions.wait_s:
            for name, waits_s in _WAITS_S.items():
                if waits_s <= self.waited_s + conditions.wait_s and shows.get(name, "").startswith(Answer.TAKEN):
                    # What made the gateway refuse has passed, but each new sender and recipient is greylisted anew.
                    greylists = self.known[state.pattern].hypothesis.cause is Cause.GREYLISTED
                    if greylists and not conditions.is_of_the_same_message:
                        break
                    return None if conditions.recipient is Recipient.RANDOM else shows[name]
        if experiment.name in _CHANGES_NOTHING_WITHOUT.values():
            return shows.get(experiment.name, shows.get("again"))
        return shows.get(experiment.name)

    def _weighed(self, likelihood: Callable[[_State], float]) -> Belief:
        weights = {state: weight * likelihood(state) for state, weight in self.weights.items()}
        total = sum(weights.values())
        return replace(
            self, weights={state: weight / total for state, weight in weights.items() if weight > _LEAST * total}
        )

    def _at_risk(self, experiment: Experiment) -> Belief:
        conditions = experiment.conditions
        risk = _BLOCKED_BY_RECIPIENT * conditions.recipients
        if conditions.recipient is Recipient.RANDOM:
            risk += _BLOCKED_BY_RANDOM_RECIPIENT
        weights: dict[_State, float] = {}
        for (number, blocked), weight in self.weights.items():
            then = _State(number, blocked=True)
            weights[then] = weights.get(then, 0.0) + (weight if blocked else risk * weight)
            if not blocked:
                weights[_State(number, blocked=False)] = (1 - risk) * weight
        return replace(self, weights=weights)


@cache
def _is_about_refused(name: str) -> bool:
    return name in EXPERIMENTS and EXPERIMENTS[name].conditions.recipient is Recipient.REFUSED


def _with_alike(pattern: Pattern) -> Pattern:
    """Return a pattern in which the refused recipient is refused alike in any words: many gateways have several."""
    first = pattern.shows.get(FIRST)
    alike = {name: ALIKE for name, outcome in pattern.shows.items() if outcome == first and _is_about_refused(name)}
    return pattern._replace(shows={**pattern.shows, **alike})


def _fits(pattern: Pattern, means: Collection[str]) -> bool:
    """Whether a gateway may refuse by a pattern, and not for something that is missing here."""
    if _OFFERED.get((pattern.hypothesis.cause, pattern.depth)) not in {None, *means}:
        return False
    shows, again = pattern.shows, pattern.shows.get("again")
    return all(mean in means or shows.get(name, again) == again for mean, name in _CHANGES_NOTHING_WITHOUT.items())


def _as_far_as_it_matters(weights: Mapping[Hypothesis, float]) -> dict[Hypothesis, float]:
    found: dict[Hypothesis, float] = {}
    for hypothesis, weight in weights.items():
        found[mattering(hypothesis)] = found.get(mattering(hypothesis), 0.0) + weight
    return found


def _prior(known: Sequence[Pattern], patterns: Patterns) -> dict[_State, float]:
    """Return equal probabilities for all causes; within one, for the alive and the gone as of old, then by count.

    A cause is as much less likely here as it refuses elsewhere, or needs what this message does not have.
    """
    everywhere: Counter[Cause] = Counter()
    here: Counter[Cause] = Counter()
    for pattern in patterns.known:
        everywhere[pattern.hypothesis.cause] += pattern.times
    counts: Counter[Hypothesis] = Counter()
    for pattern in known:
        counts[pattern.hypothesis] += pattern.times
        here[pattern.hypothesis.cause] += pattern.times
    of_cause: dict[Cause, float] = {}
    for hypothesis in counts:
        of_cause[hypothesis.cause] = of_cause.get(hypothesis.cause, 0.0) + _of(hypothesis)
    weights = {
        _State(number, blocked=False): (
            here[each.hypothesis.cause]
            / everywhere[each.hypothesis.cause]
            * _of(each.hypothesis)
            / of_cause[each.hypothesis.cause]
            * each.times
            / counts[each.hypothesis]
        )
        for number, each in enumerate(known)
    }
    total = sum(weights.values())
    return {state: weight / total for state, weight in weights.items()}


def _of(hypothesis: Hypothesis) -> float:
    if hypothesis.cause.fault in {Fault.RECIPIENT, Fault.MAILBOX}:
        return 1.0
    share = _ALIVE_IF_REFUSED_FOR_ANOTHER_REASON
    return share if hypothesis.alive else 1 - share


def _entropy(weights: Mapping[Hypothesis, float]) -> float:
    total = sum(weights.values())
    return -sum(weight / total * math.log2(weight / total) for weight in weights.values() if weight > 0)


@cache
def _sense(outcome: str) -> tuple[str, str]:
    """Return what an outcome comes to, whatever the words: where it came, and whether it was a permanent refusal."""
    answer, _, place = outcome.partition(" at ")
    refusals = {Answer.UNKNOWN_RECIPIENT.value, Answer.REFUSED.value}
    return (Answer.REFUSED.value if answer in refusals else answer), place


@cache
def _differ_in_words(one: str, other: str, first: str) -> bool:
    """Whether two outcomes differ in nothing but the words. ``first`` is the first refusal, which others are like."""
    if ALIKE in {one, other} and not first:
        refusals = (Answer.REFUSED.value, Answer.DEFERRED.value)
        return all(each == ALIKE or _sense(each)[0] in refusals for each in (one, other))
    return _sense(first if one == ALIKE else one) == _sense(first if other == ALIKE else other)


def _likelihood_of_place(shown: str | None, outcome: str) -> float:
    """Return how likely the first refusal comes at the place where a pattern has it."""
    if shown is None:
        return 1 / len(Place)
    same = _sense(shown)[1] == _sense(outcome)[1]
    return 1 - _OTHERWISE if same else _OTHERWISE / (len(Place) - 1)


@cache
def likelihood(outcomes: tuple[str, ...], shown: str | None, outcome: str, first: str = "") -> float:
    """Return how likely a gateway that refuses by a pattern answers so. ``outcomes`` are all of the experiment.

    A block may answer in any way but one: nothing is taken. Some gateways lie in nine of ten answers, so another
    refusal at the same place is likelier than anything else.
    """
    if shown == _BLOCKED:
        if outcome.startswith(Answer.TAKEN):
            return _OTHERWISE
        refusals = [each for each in outcomes if not each.startswith(Answer.TAKEN)]
        alike = [each for each in refusals if each.startswith(Answer.DEFERRED) is outcome.startswith(Answer.DEFERRED)]
        # Half of the blocks defer, as greylists do that begin with newcomers.
        return (1.0 if len(alike) == len(refusals) else _DEFERS) / max(len(alike), 1)
    if shown is None or len(outcomes) < 2:
        return 1 / max(len(outcomes), 2)
    if shown == outcome:
        return 1 - _IN_OTHER_WORDS - _OTHERWISE
    alike = [each for each in outcomes if each != shown and _differ_in_words(each, shown, first)]
    if _differ_in_words(outcome, shown, first):
        return _IN_OTHER_WORDS / max(len(alike), 1)
    return _OTHERWISE / max(len(outcomes) - 1 - len(alike), 1)
