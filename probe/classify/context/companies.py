"""What a sender observed of each company, the domain of its recipients: whom it accepts, and since when nobody."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from math import floor, inf, isfinite
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import BEFORE_RCPT, domain_of
from probe.classify.context.refusal import is_reported_gone, topics_about
from probe.classify.context.retests import is_retest
from probe.classify.evidence import Evidence
from probe.records.attempt import Outcome

_DELIVERED: Final = Outcome.DELIVERED.value
_SLOT_S: Final = 21_600.0
MOST_ROUNDS: Final = 16
"""More rounds without an acceptance say no more about a company."""
_MOST_KEPT: Final = 64
"""Quarters of a day with refusals that are kept for one company: more rounds would not say more."""


class Company(NamedTuple):
    """What was observed of one company.

    Attributes:
        accepted: Recipients that were accepted in this campaign, without retests.
        refused: Recipients that were refused in it, at RCPT or later, in words that do not blame the sender.
        rounds: In how many rounds, six hours or more apart, it has refused since it last accepted anybody, in this
            campaign without retests and in earlier ones.
        rounds_with_tests: The same with retests; 0 if one of them was accepted.
    """

    accepted: int = 0
    refused: int = 0
    rounds: int = 0
    rounds_with_tests: int = 0


NO_COMPANY: Final = Company()
"""A company of which nothing was observed."""


@dataclass(slots=True)
class Companies:
    """Counts in columns, one row for each company, so that a company of few recipients needs little memory."""

    _rows: dict[str, int] = field(default_factory=dict)
    _accepted: array[int] = field(default_factory=lambda: array("I"))
    _refused: array[int] = field(default_factory=lambda: array("I"))
    _accepted_at: array[float] = field(default_factory=lambda: array("d"))
    _tests_accepted_at: dict[int, float] = field(default_factory=dict)
    _refused_in: dict[int, set[int]] = field(default_factory=dict)
    """The quarters of a day, since the epoch, in which first rounds were refused; below, those of retests."""
    _tests_refused_in: dict[int, set[int]] = field(default_factory=dict)

    def observe(self, evidence: Evidence) -> None:
        """Add a recipient, with its earlier campaigns if it was refused: they tell since when nobody is accepted."""
        row, attempts = self._row(domain_of(evidence.recipient)), evidence.attempts
        if len(attempts) == 1 and attempts[0].outcome == _DELIVERED and not evidence.returned:  # most, for speed
            self._accepted[row] += 1
            self._accept(row, attempts[0].at)
            return
        bounced = self._add(row, evidence, is_past=False)
        if not bounced:
            return
        for past in evidence.before:
            self._add(row, past, is_past=True)
        for opened in evidence.opened:
            self._accept(row, opened.at)

    def add(self, other: Companies) -> None:
        """Add what was observed of other recipients."""
        for domain, there in other._rows.items():
            row = self._row(domain)
            self._accepted[row] += other._accepted[there]
            self._refused[row] += other._refused[there]
            self._accept(row, other._accepted_at[there])
            if there in other._tests_accepted_at:
                self._accept_test(row, other._tests_accepted_at[there])
            for own, found in (
                (self._refused_in, other._refused_in),
                (self._tests_refused_in, other._tests_refused_in),
            ):
                for slot in found.get(there, ()):
                    _keep(own, row, slot)

    def of(self, domain: str) -> Company:
        """Return what was observed of a company."""
        row = self._rows.get(domain)
        if row is None:
            return NO_COMPANY
        slots, accepted_at = self._refused_in.get(row, set()), self._accepted_at[row]
        tested_at = self._tests_accepted_at.get(row, -inf)
        with_tests = slots | self._tests_refused_in.get(row, set())
        return Company(
            self._accepted[row],
            self._refused[row],
            _rounds_after(slots, accepted_at),
            _rounds_after(with_tests, max(accepted_at, tested_at)),
        )

    def _row(self, domain: str) -> int:
        row = self._rows.get(domain)
        if row is None:
            row = self._rows[domain] = len(self._accepted)
            self._accepted.append(0)
            self._refused.append(0)
            self._accepted_at.append(-inf)
        return row

    def _add(self, row: int, evidence: Evidence, *, is_past: bool) -> bool:
        """Add the attempts of a campaign; return whether one of them was refused."""
        attempts, refused = evidence.attempts, False
        for index, attempt in enumerate(attempts):
            is_test = index > 0 and is_retest(attempt, attempts[:index])
            at = attempt.at
            if attempt.outcome == Outcome.DELIVERED and not is_reported_gone(evidence, index):
                if is_test and not is_past:
                    self._accept_test(row, at)
                else:
                    self._accept(row, at)
                    self._accepted[row] += not is_past
            elif attempt.outcome in {Outcome.DELIVERED, Outcome.REFUSED}:
                refused = True
                if attempt.stage in BEFORE_RCPT or topics_about(evidence, index).blames_sender:
                    continue  # it says nothing of the company
                _keep(self._tests_refused_in if is_test and not is_past else self._refused_in, row, _slot(at))
                self._refused[row] += not is_past and not is_test
        return refused

    def _accept(self, row: int, at: float) -> None:
        if at > self._accepted_at[row] and isfinite(at):
            self._accepted_at[row] = at

    def _accept_test(self, row: int, at: float) -> None:
        self._tests_accepted_at[row] = max(self._tests_accepted_at.get(row, -inf), at)


def _slot(at: float) -> int:
    return floor(at / _SLOT_S) if isfinite(at) else 0


def _keep(kept: dict[int, set[int]], row: int, slot: int) -> None:
    """Keep a quarter of a day; of too many, the last ones, whatever the order is in which they come."""
    found = kept.setdefault(row, set())
    found.add(slot)
    if len(found) > _MOST_KEPT:
        found.remove(min(found))


def _rounds_after(slots: set[int], at: float) -> int:
    """Return in how many rounds refusals came after a time; a quarter of a day without any lies between rounds."""
    since = _slot(at) if at != -inf else -1
    later = sorted(each for each in slots if each > since)
    return sum(number == 0 or each - later[number - 1] > 1 for number, each in enumerate(later))
