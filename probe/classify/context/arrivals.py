"""A campaign's evidence in any order of recipients, gathered in columns and brought in order of time."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from heapq import merge
from typing import Final

from fake_gateways.smtp.envelope import domain_of
from probe.classify.context.observations import ExchangerObservations, Observations
from probe.classify.context.refusal import exchanger_of, is_reported_gone, operator_of
from probe.classify.context.replies_by_stage import ACCEPTED
from probe.classify.context.reply import Reply, reply_of, reported_reply
from probe.classify.context.retests import is_retest
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome

_SORTED_AT_ONCE: Final = 16_384
"""Sorting needs memory for so many replies at most; sorted pieces are merged."""
_Circumstances = tuple[str, str, str, bool, bool, bool]
"""What many replies have in common: exchanger, source, message, is_later, blames_sender, whether it is temporary."""


def gather(campaign: Iterable[Evidence]) -> Observations:
    """Return what a sender observed in a campaign: all attempts in the order in which they began, and all reports.

    No evidence is kept.
    """
    arrivals = _Arrivals()
    for evidence in campaign:
        arrivals.add(evidence)
    return arrivals.in_order()


class _Arrivals:
    """Replies as columns, in the order in which they are added."""

    def __init__(self) -> None:
        self._observations = Observations()
        self._began: dict[str, tuple[float, int]] = {}
        self._at = array("d")
        self._seq = array("q")
        self._ranks = array("B")
        self._circumstances = array("I")
        self._known: dict[_Circumstances, int] = {}
        self._refusals = array("I")
        self._keys = array("Q")
        self._words = array("Q")

    def add(self, evidence: Evidence) -> None:
        """Add a recipient."""
        attempts = evidence.attempts
        for index, attempt in enumerate(attempts):
            if attempt.outcome != Outcome.FAILED and not (index and is_retest(attempt, attempts[:index])):
                name = self._exchanger(attempt)
                is_reported = bool(evidence.returned) and is_reported_gone(evidence, index)
                reply = reported_reply(evidence, index) if is_reported else reply_of(attempt)
                if reply is not None:
                    self._add(name, attempt.seq, reply)
        self._observations.companies.observe(evidence)
        self._observations.retests.observe(evidence)

    def in_order(self) -> Observations:
        """Return the observations."""
        exchangers = self._observations.exchangers
        common = list(self._known)
        for row in self._order():
            name, source, message, is_later, blames_sender, is_deferred = common[self._circumstances[row]]
            rank = self._ranks[row]
            key: int | None = None if is_deferred else 0
            words = 0
            if rank != ACCEPTED and not is_deferred:
                place = bisect_left(self._refusals, row)
                key, words = self._keys[place], self._words[place]
            exchangers[name].observe(Reply(self._at[row], rank, source, message, is_later, blames_sender, key, words))
        return self._observations

    def _exchanger(self, attempt: Attempt) -> str:
        """Return the name of an attempt's exchanger. Its vendor is that of the first attempt."""
        name, began = exchanger_of(attempt), (attempt.at, attempt.seq)
        known = self._began.get(name)
        if known is None or began < known:
            self._began[name] = began
            vendor = operator_of(attempt)
            if known is None:
                self._observations.exchangers[name] = ExchangerObservations(name, vendor)
            else:
                self._observations.exchangers[name].vendor = vendor
        self._observations.exchangers[name].note_company(domain_of(attempt.recipient))
        return name

    def _add(self, name: str, seq: int, reply: Reply) -> None:
        at, rank, source, message, is_later, blames_sender, key, words = reply
        common = name, source, message, is_later, blames_sender, key is None
        if key:
            self._refusals.append(len(self._at))
            self._keys.append(key)
            self._words.append(words)
        self._at.append(at)
        self._seq.append(seq)
        self._ranks.append(rank)
        self._circumstances.append(self._known.setdefault(common, len(self._known)))

    def _order(self) -> Iterable[int]:
        """Return the rows in the order in which the attempts began."""
        at, seq = self._at, self._seq

        def began(row: int) -> tuple[float, int]:
            return at[row], seq[row]

        starts = range(0, len(at), _SORTED_AT_ONCE)
        pieces = [
            array("I", sorted(range(start, min(start + _SORTED_AT_ONCE, len(at))), key=began)) for start in starts
        ]
        return pieces[0] if len(pieces) == 1 else merge(*pieces, key=began)
