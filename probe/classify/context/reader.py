"""Reads one recipient after another against the observations of all: probability, advice, cause and reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest
from math import exp, log
from typing import Final

from fake_gateways.truth import Cause, Fault
from probe.classify.by_code import ByCode
from probe.classify.context.case import RefusalCase
from probe.classify.context.cause import likely_cause
from probe.classify.context.evidence import FUNCTIONS, NAMES, Contribution
from probe.classify.context.observations import Observations
from probe.classify.context.odds import bounded
from probe.classify.context.odds import log_odds as log_odds_of
from probe.classify.context.refusal import Refusal, refusal_of
from probe.classify.context.retests import refusals
from probe.classify.context.weights import Weights, worth
from probe.classify.context.words import topics_of
from probe.classify.evidence import Diagnosed, Evidence
from probe.classify.reading import Advice, Reading, without_refusal
from probe.records.attempt import Attempt, Outcome

_DELIVERED: Final = Reading(None, "delivered", 0.998, Advice.KEEP)
_NOT_REFUSED: Final = 0.95
_NO_ROUTE: Final = 0.01
_REASONS: Final = 4
"""The number of reasons that a reading names."""
_WORTH_NAMING: Final = 0.05
"""Nats below which a reason is not named."""
_EVERYWHERE: Final = ""
_PRIOR: Final = 2.0
"""Imaginary retests at each exchanger with the result that is usual elsewhere, so that few retests say little."""
_CODE: Final = ByCode()
SURELY_ALIVE: Final = 0.95
SURELY_GONE: Final = 0.05
"""Beyond these probabilities another attempt or experiment would hardly change what to do."""
_SUREST: Final = 1e-6
_ONE: Final = 1 << 60
"""A probability of 1 in fixed point."""


@dataclass(slots=True)
class _Tested:
    """Retests at an exchanger: how many of the recipients are alive by their first verdicts, and the results.

    ``living`` is the sum of probabilities in fixed point, so that it does not depend on the order.
    """

    living: int = 0
    accepted: int = 0
    refused: int = 0


_NOT_TESTED: Final = _Tested()


class Reader:
    """Reads evidence against the observations of a whole campaign."""

    def __init__(self, observations: Observations, weights: Weights) -> None:
        self.observations = observations
        self.weights = weights
        self._used = [
            (function, weight, name)
            for function, weight, name in zip(FUNCTIONS, weights.first.weights, NAMES, strict=False)
            if weight
        ]
        self._tested: dict[str, _Tested] = {}
        for refusal, accepted in observations.retests.in_campaign:
            self._learn(refusal, accepted=accepted)

    def _learn(self, refusal: Refusal, *, accepted: bool) -> None:
        """Learn from a recipient that was tried again after a refusal."""
        alive = probability(self.first_verdict(RefusalCase(refusal, self.observations))[0])
        for name in (refusal.exchanger, _EVERYWHERE):
            tested = self._tested.setdefault(name, _Tested())
            tested.living += round(alive * _ONE)
            tested.accepted += accepted
            tested.refused += not accepted

    def classify(self, evidence: Evidence) -> Reading:
        """Return the reading of a recipient."""
        if evidence.attempts[-1].outcome == Outcome.DELIVERED and not evidence.returned:
            return _DELIVERED
        case = case_of(evidence, self.observations)
        if case is None:
            return self._not_refused(evidence)
        log_odds, found = self.first_verdict(case)
        reasons = [f"{name.replace('_', ' ')} {added:+.1f}" for added, name in heaviest(found)]
        diagnosis = evidence.diagnosis
        if diagnosis is not None:
            told = log_odds_of(min(1 - _SUREST, max(_SUREST, diagnosis.alive)))
            reasons.append(f"experiments {told - log_odds:+.1f}")
            log_odds = told
        retested = len(refusals(evidence)) > 1
        if retested:
            log_odds, added = self._second_verdict(case, evidence.last, log_odds)
            reasons.append(f"refused again {added:+.1f}")
        alive = probability(log_odds)
        advice = self._advice(case, evidence, alive, retested=retested)
        cause = likely_cause(case, alive) if diagnosis is None else _diagnosed_cause(diagnosis, case, alive)
        return Reading(cause, ", ".join(reasons) or "turnover alone", round(alive, 4), advice)

    def _not_refused(self, evidence: Evidence) -> Reading:
        settled = without_refusal(evidence)
        if settled is None or settled.cause is None:
            return _DELIVERED
        if settled.suppress:
            return Reading(settled.cause, settled.reason, _NO_ROUTE, Advice.SUPPRESS)
        return Reading(settled.cause, settled.reason, _NOT_REFUSED, Advice.KEEP)

    def _advice(self, case: RefusalCase, evidence: Evidence, alive: float, *, retested: bool) -> Advice:
        if not blames_recipient(case, evidence):
            return Advice.KEEP
        is_last = retested or case.refusal.is_reported
        was_asked = evidence.diagnosis is not None and evidence.diagnosis.asked
        if alive < (self.weights.suppress_below_at_last if is_last or was_asked else self.weights.suppress_below):
            return Advice.SUPPRESS
        return Advice.KEEP if is_last or (was_asked and alive >= SURELY_ALIVE) else Advice.RETEST

    def first_verdict(self, case: RefusalCase) -> tuple[float, list[Contribution]]:
        """Return the log odds of life after the first refusal, and what every evidence function adds to them."""
        found = [(weight * function(case), name) for function, weight, name in self._used]
        added = self.weights.first.base + sum([each for each, _ in found])
        return worth(self.weights.first.curve, added), found

    def refused_again(self, case: RefusalCase) -> tuple[float, float]:
        """Return two estimates, as logarithms, of how often living recipients are refused again at a case's exchanger.

        The first verdicts say how many of the retested recipients are alive, and every accepted one is. From both
        follows the first estimate; it is 0 if all living ones were refused again. The second is the share of all
        retests that were refused again, without the case itself: a filter that still blocks refuses nearly all, one
        that has stopped refuses none.
        """
        here = self._tested.get(case.exchanger.name) or _NOT_TESTED
        general = self._tested.get(_EVERYWHERE) or _NOT_TESTED
        living, living_here = general.living / _ONE, here.living / _ONE
        usual = (max(0.0, living - general.accepted) + 1.0) / (max(living, general.accepted) + 2.0)
        of_living = (max(0.0, living_here - here.accepted) + _PRIOR * usual) / (
            max(living_here, here.accepted) + _PRIOR
        )
        share = (general.refused + 1.0) / (general.refused + general.accepted + 2.0)
        others = max(0, here.refused - 1)
        of_all = (others + _PRIOR * share) / (others + here.accepted + _PRIOR)
        return bounded(log(of_living)), bounded(log(of_all))

    def _second_verdict(self, case: RefusalCase, last: Attempt, log_odds: float) -> tuple[float, float]:
        if not topics_of(last).mentions_mailbox:
            return log_odds, 0.0
        base, weights, curve = self.weights.again
        found = (log_odds, *self.refused_again(case))
        second = worth(curve, base + sum(weight * each for weight, each in zip(weights, found, strict=True)))
        return second, second - log_odds


def is_unsure(reading: Reading) -> bool:
    """Whether another attempt may change the reading: the advice is not to keep, and death is not certain."""
    return reading.advice is not Advice.KEEP and (reading.alive is None or reading.alive >= SURELY_GONE)


def _diagnosed_cause(diagnosis: Diagnosed, case: RefusalCase, alive: float) -> Cause:
    """Return the cause that experiments found, if it is likelier than all others together."""
    cause, weight = next(iter(diagnosis.causes.items()), (Cause.UNKNOWN, 0.0))
    return cause if weight > 1 / 2 and cause is not Cause.UNKNOWN else likely_cause(case, alive)


def case_of(evidence: Evidence, observations: Observations) -> RefusalCase | None:
    """Return the case of a recipient, None if there is no refusal to read."""
    if evidence.report is not None and evidence.last.outcome == Outcome.DELIVERED:
        return RefusalCase(refusal_of(evidence, evidence.last), observations)
    refused = refusals(evidence) if evidence.bounced else ()
    return RefusalCase(refusal_of(evidence, refused[0]), observations) if refused else None


def heaviest(found: Iterable[Contribution]) -> list[Contribution]:
    """Return the few contributions with the largest weights, either way."""
    return nlargest(_REASONS, [each for each in found if abs(each[0]) >= _WORTH_NAMING], key=_size)


def _size(contribution: Contribution) -> float:
    return abs(contribution[0])


def blames_recipient(case: RefusalCase, evidence: Evidence) -> bool:
    """Whether the text or the numbers say that the recipient is the problem. If not, there is no reason to suppress."""
    if case.topics.mentions_mailbox and not (case.topics.cause is not None and case.topics.cause is Cause.MAILBOX_FULL):
        return True
    stated = _CODE.classify(evidence).cause
    return stated is not None and stated.fault is Fault.RECIPIENT


def probability(log_odds: float) -> float:
    """Return the probability that log odds stand for."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))
