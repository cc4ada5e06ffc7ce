"""Reads one recipient after another against the observations of all: probability, advice, cause and reasons."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from math import exp
from typing import Final

from fake_gateways.smtp.envelope import BEFORE_RCPT
from fake_gateways.truth import Cause, Fault
from probe.classify.by_code import ByCode, cause_of_numbers
from probe.classify.context.case import RefusalCase
from probe.classify.context.cause import likely_cause
from probe.classify.context.companies import MOST_ROUNDS
from probe.classify.context.evidence import FUNCTIONS, NAMES, Contribution
from probe.classify.context.observations import Observations
from probe.classify.context.odds import log_odds as log_odds_of
from probe.classify.context.refusal import refusal_of, topics_about
from probe.classify.context.retest_results import RetestResults
from probe.classify.context.retests import refusals
from probe.classify.context.weights import AGAIN, Weights, worth
from probe.classify.evidence import Diagnosed, Evidence
from probe.classify.reading import Advice, Reading, without_refusal
from probe.records.attempt import Failure, Outcome

_DELIVERED: Final = Reading(None, "delivered", 0.998, Advice.KEEP)
_NOT_REFUSED: Final = 0.95
_NO_ROUTE: Final = 0.01
_REASONS: Final = 4
"""The number of reasons that a reading names."""
_WORTH_NAMING: Final = 0.05
"""Nats below which a reason is not named."""
_CODE: Final = ByCode()
SURELY_ALIVE: Final = 0.95
SURELY_GONE: Final = 0.05
"""Beyond these probabilities another attempt or experiment would hardly change what to do."""
_SUREST: Final = 1e-6
_STILL_REFUSED: Final = 0.95
"""Where other exchangers refuse so many of the living again, as under a long listing, a retest does not tell."""
UNDECIDED: Final = "refused twice and still in doubt: only experiments can tell (fivefifty diagnose)"
"""The reason where listening does not tell a mailbox that is gone from one that a gateway always refuses."""


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
        self._results = RetestResults()
        for refusal, at, accepted in observations.retests.in_campaign:
            alive = probability(self.first_verdict(RefusalCase(refusal, observations))[0])
            self._results.learn(refusal, at, alive, accepted=accepted)

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
        retested = len(refusals(evidence)) > 1 and speaks_of_recipient(evidence)
        before = log_odds
        if retested:
            log_odds = self.second_verdict(case, evidence, log_odds)[0]
            reasons.append(f"refused again {log_odds - before:+.1f}")
        alive = probability(log_odds)
        tells = retested and self._results.refused_elsewhere(case.refusal.exchanger) < _STILL_REFUSED
        # A retest that does not tell is no reason to doubt what was certain before it.
        surest = alive if tells or not retested else min(alive, probability(before))
        advice = self._advice(case, evidence, surest, retested=retested, tells=tells)
        if retested and advice is Advice.RETEST:
            reasons.append(UNDECIDED)
        cause = likely_cause(case, alive) if diagnosis is None else _diagnosed_cause(diagnosis, case, alive)
        return Reading(cause, ", ".join(reasons) or "turnover alone", round(alive, 4), advice)

    def _not_refused(self, evidence: Evidence) -> Reading:
        settled = without_refusal(evidence)
        if settled is None and evidence.report is not None:
            return Reading(Cause.NETWORK, "the report says that the message did not arrive", _NOT_REFUSED, Advice.KEEP)
        if settled is None or settled.cause is None:
            return _DELIVERED
        if settled.suppress:
            return Reading(settled.cause, settled.reason, _NO_ROUTE, Advice.SUPPRESS)
        return Reading(settled.cause, settled.reason, _NOT_REFUSED, Advice.KEEP)

    def _advice(self, case: RefusalCase, evidence: Evidence, alive: float, *, retested: bool, tells: bool) -> Advice:
        if not blames_recipient(case, evidence):
            return Advice.KEEP
        was_asked = evidence.diagnosis is not None and evidence.diagnosis.asked
        if alive < (self.weights.suppress_below_at_last if tells or was_asked else self.weights.suppress_below):
            return Advice.SUPPRESS
        return Advice.KEEP if (retested or was_asked) and alive >= SURELY_ALIVE else Advice.RETEST

    def first_verdict(self, case: RefusalCase) -> tuple[float, list[Contribution]]:
        """Return the log odds of life after the first refusal, and what every evidence function adds to them."""
        found = [(weight * function(case), name) for function, weight, name in self._used]
        added = self.weights.first.base + sum([each for each, _ in found])
        return worth(self.weights.first.curve, added), found

    def refused_again(self, case: RefusalCase, evidence: Evidence, log_odds: float) -> tuple[float, ...]:
        """Return the figures of the second verdict beside the first, for a recipient whose last retest was refused.

        A refusal before RCPT cannot be about a recipient: 1 if the last one came there. If only the first one did, the
        retest has found out more: -1. The last figure is -1 if a report refused the retest.
        """
        rounds = 0 if case.company.accepted else min(MOST_ROUNDS, case.company.rounds_with_tests)
        last = evidence.last
        stage = 1.0 if last.stage in BEFORE_RCPT else -1.0 if case.refusal.stage in BEFORE_RCPT else 0.0
        by_report = -1.0 if last.outcome == Outcome.DELIVERED else 0.0
        return *self._results.figures(case.refusal, last.at, probability(log_odds), rounds), stage, by_report

    def second_verdict(
        self, case: RefusalCase, evidence: Evidence, log_odds: float
    ) -> tuple[float, list[Contribution]]:
        """Return the log odds of life after a further refusal that speaks of the recipient, and what each figure adds.

        ``log_odds`` are those of the first verdict.
        """
        base, weights, curve = self.weights.again
        figures = (log_odds, *self.refused_again(case, evidence, log_odds))
        found = [(weight * each, name) for weight, each, name in zip(weights, figures, AGAIN, strict=True)]
        return worth(curve, base + sum([each for each, _ in found])), found


def is_unsure(reading: Reading) -> bool:
    """Whether another attempt may change the reading: the advice is not to keep, and death is not certain."""
    return reading.advice is not Advice.KEEP and (reading.alive is None or reading.alive >= SURELY_GONE)


def _diagnosed_cause(diagnosis: Diagnosed, case: RefusalCase, alive: float) -> Cause:
    """Return the cause that experiments found, if it is likelier than all others together."""
    cause, weight = next(iter(diagnosis.causes.items()), (Cause.UNKNOWN, 0.0))
    return cause if weight > 1 / 2 and cause is not Cause.UNKNOWN else likely_cause(case, alive)


def case_of(evidence: Evidence, observations: Observations) -> RefusalCase | None:
    """Return the case of a recipient, None if there is no refusal to read.

    There is none if a retest has found that the domain takes no mail any more.
    """
    if not evidence.bounced or evidence.last.failure == Failure.NO_ROUTE:
        return None
    refused = refusals(evidence)
    return RefusalCase(refusal_of(evidence, refused[0]), observations) if refused else None


def heaviest(found: Iterable[Contribution]) -> list[Contribution]:
    """Return the few contributions with the largest weights, either way."""
    return nlargest(_REASONS, [each for each in found if abs(each[0]) >= _WORTH_NAMING], key=_size)


def _size(contribution: Contribution) -> float:
    return abs(contribution[0])


def blames_recipient(case: RefusalCase, evidence: Evidence) -> bool:
    """Whether the text or the numbers say that the recipient is the problem. If not, there is no reason to suppress."""
    stated = case.topics.cause
    if case.topics.says_not_reached:
        return False
    by_code = _CODE.classify(evidence).cause
    if by_code is not None and by_code.fault is Fault.RECIPIENT and stated is not Cause.MAILBOX_FULL:
        return True
    return case.topics.mentions_mailbox and (stated is None or stated.fault is Fault.RECIPIENT)


def speaks_of_recipient(evidence: Evidence) -> bool:
    """Whether the words or the numbers of the last refusal speak of a mailbox: only then a retest was one."""
    code, status, _ = evidence.heard
    topics = topics_about(evidence, len(evidence.attempts) - 1)
    if topics.says_not_reached or topics.cause is Cause.MAILBOX_FULL:
        return False
    if topics.mentions_mailbox:
        return True
    about = topics.mentions_list or topics.mentions_rate or topics.mentions_content
    return not about and cause_of_numbers(code, status)[0].fault is Fault.RECIPIENT


def probability(log_odds: float) -> float:
    """Return the probability that log odds stand for."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))
