"""Reads one recipient after another in the light of all: probability, advice, cause and reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest
from math import exp, log
from typing import Final

from fake_gateways.truth import Cause, Fault
from probe.classify.by_code import ByCode
from probe.classify.context.case import Case
from probe.classify.context.cause import likely_cause
from probe.classify.context.evidence import FUNCTIONS, NAMES, Weighed
from probe.classify.context.observations import Surroundings
from probe.classify.context.odds import bounded
from probe.classify.context.retests import refusals
from probe.classify.context.weights import Weights, worth
from probe.classify.context.words import pattern_of, words_of
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Reading, without_refusal
from probe.records.attempt import Attempt, Outcome

_DELIVERED: Final = Reading(None, "delivered", 0.998, Advice.KEEP)
_NOT_REFUSED: Final = 0.95
_NO_ROUTE: Final = 0.01
_REASONS: Final = 4
_WORTH_TELLING: Final = 0.05
_EVERYWHERE: Final = ""
_PRIOR: Final = 2.0
"""Recipients' worth of doubt about how often the living are refused once more."""
_CODE: Final = ByCode()


@dataclass(slots=True)
class _Tests:
    """Further attempts at a place: how many of those tried are alive by their first verdicts, and what they heard."""

    living: float = 0.0
    taken: int = 0
    refused: int = 0


class Reader:
    """Reads evidence against surroundings that have heard every attempt. ``prepare`` comes first."""

    def __init__(self, around: Surroundings, weights: Weights) -> None:
        self.around = around
        self.weights = weights
        self._used = [
            (function, weight, name)
            for function, weight, name in zip(FUNCTIONS, weights.first.weights, NAMES, strict=False)
            if weight
        ]
        self._first: dict[tuple[str, bool], tuple[float, list[Weighed]]] = {}
        self._tests: dict[str, _Tests] = {}

    def prepare(self, everybody: Iterable[Evidence]) -> None:
        """Learn from those who were tried again, now or in an earlier campaign."""
        self.forget()
        tried = []
        for evidence in everybody:
            if not evidence.before and len(evidence.attempts) == 1:
                continue
            refused = refusals(evidence)
            last = evidence.last
            if refused and last is not refused[0] and last.outcome in {Outcome.DELIVERED, Outcome.REFUSED}:
                tried.append((evidence, refused[0]))
            self._look_back(evidence)
        for evidence, refusal in tried:
            alive = probability(self.first_verdict(Case(evidence, refusal, self.around))[0])
            was_taken = not evidence.bounced
            for name in (self.around.place_of(refusal).name, _EVERYWHERE):
                tests = self._tests.setdefault(name, _Tests())
                tests.living += alive
                tests.taken += was_taken
                tests.refused += not was_taken

    def forget(self) -> None:
        """Leave the surroundings as they were before anything was learned from who was tried again."""
        for place in self.around.places.values():
            place.changed.clear()

    def _take_back(self, refusal: Attempt, *, taken: bool) -> None:
        count = self.around.place_of(refusal).changed.setdefault(pattern_of(refusal.text, refusal.recipient), [0, 0])
        count[0] += 1
        count[1] += taken

    def _look_back(self, evidence: Evidence) -> None:
        """Note who was refused in the campaign before this one, and is taken or refused now."""
        before = evidence.before[-1] if evidence.before else None
        if before is None or before.last.outcome != Outcome.REFUSED:
            return
        if evidence.last.outcome in {Outcome.DELIVERED, Outcome.REFUSED} and len(refusals(evidence)) < 2:
            self._take_back(before.last, taken=evidence.last.outcome == Outcome.DELIVERED)

    def read(self, evidence: Evidence) -> Reading:
        """Return the reading of a recipient."""
        if evidence.attempts[-1].outcome == Outcome.DELIVERED and not evidence.returned:
            return _DELIVERED
        case = case_of(evidence, self.around)
        if case is None:
            return self._settled(evidence)
        log_odds, found = self.first_verdict(case)
        reasons = [f"{name.replace('_', ' ')} {added:+.1f}" for added, name in heaviest(found)]
        tested = len(refusals(evidence)) > 1
        if tested:
            log_odds, added = self._second_verdict(case, log_odds)
            reasons.append(f"refused again {added:+.1f}")
        alive = probability(log_odds)
        advice = self._advice(case, alive, tested=tested)
        cause = likely_cause(case, alive)
        return Reading(cause, ", ".join(reasons) or "turnover alone", round(alive, 4), advice)

    def _settled(self, evidence: Evidence) -> Reading:
        settled = without_refusal(evidence)
        if settled is None or settled.cause is None:
            return _DELIVERED
        if settled.suppress:
            return Reading(settled.cause, settled.reason, _NO_ROUTE, Advice.SUPPRESS)
        return Reading(settled.cause, settled.reason, _NOT_REFUSED, Advice.KEEP)

    def _advice(self, case: Case, alive: float, *, tested: bool) -> Advice:
        if not speaks_of_recipient(case):
            return Advice.KEEP
        is_last = tested or case.is_reported
        if alive < (self.weights.suppress_below_at_last if is_last else self.weights.suppress_below):
            return Advice.SUPPRESS
        return Advice.KEEP if is_last else Advice.RETEST

    def first_verdict(self, case: Case) -> tuple[float, list[Weighed]]:
        """Return the log odds of life after the first refusal, and what every evidence function adds to them."""
        heard = case.evidence.recipient, case.is_reported
        kept = self._first.get(heard)
        if kept is None:
            found = [(weight * function(case), name) for function, weight, name in self._used]
            added = self.weights.first.base + sum([each for each, _ in found])
            kept = self._first[heard] = worth(self.weights.first.curve, added), found
        return kept

    def refused_again(self, case: Case) -> tuple[float, float]:
        """Return two estimates of how often the living are refused once more where a case was, as logarithms.

        Of those who were tried again the first verdicts say how many are alive, and whoever is taken is: that is the
        first, 0 where all of the living were refused again. The second is simply the share that was refused again,
        the case itself left out: a filter that is still in the way refuses nearly all, one that is not refuses none.
        """
        here = self._tests.get(case.place.name) or _Tests()
        general = self._tests.get(_EVERYWHERE) or _Tests()
        usual = (max(0.0, general.living - general.taken) + 1.0) / (max(general.living, general.taken) + 2.0)
        of_living = (max(0.0, here.living - here.taken) + _PRIOR * usual) / (max(here.living, here.taken) + _PRIOR)
        share = (general.refused + 1.0) / (general.refused + general.taken + 2.0)
        others = max(0, here.refused - 1)
        of_all = (others + _PRIOR * share) / (others + here.taken + _PRIOR)
        return bounded(log(of_living)), bounded(log(of_all))

    def _second_verdict(self, case: Case, log_odds: float) -> tuple[float, float]:
        if not words_of(case.evidence.last).of_mailbox:
            return log_odds, 0.0
        base, weights, curve = self.weights.again
        found = (log_odds, *self.refused_again(case))
        second = worth(curve, base + sum(weight * each for weight, each in zip(weights, found, strict=True)))
        return second, second - log_odds


def case_of(evidence: Evidence, around: Surroundings) -> Case | None:
    """Return the case of a recipient, None where there is no refusal to be read."""
    if evidence.report is not None and evidence.last.outcome == Outcome.DELIVERED:
        return Case(evidence, evidence.last, around)
    refused = refusals(evidence) if evidence.bounced else ()
    return Case(evidence, refused[0], around) if refused else None


def heaviest(found: Iterable[Weighed]) -> list[Weighed]:
    """Return the few pieces of evidence that weigh most, either way."""
    return nlargest(_REASONS, [each for each in found if abs(each[0]) >= _WORTH_TELLING], key=_how_much)


def _how_much(weighed: Weighed) -> float:
    return abs(weighed[0])


def speaks_of_recipient(case: Case) -> bool:
    """Whether words or numbers lay it at the recipient's door; what does not is no reason to suppress anybody."""
    if case.words.of_mailbox and not (case.words.cause is not None and case.words.cause is Cause.MAILBOX_FULL):
        return True
    said = _CODE.classify(case.evidence).cause
    return said is not None and said.fault is Fault.RECIPIENT


def probability(log_odds: float) -> float:
    """Return the probability that log odds stand for."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))
