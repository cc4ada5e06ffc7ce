"""Joins the attempts that the sender wrote with the decisions that the gateways wrote."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from fake_gateways.truth import Fate, Truth
from probe.records.attempt import Attempt
from probe.records.rows import Probe

_SLACK_S: Final = 1e-3
"""Tolerance in seconds: both sides round times to the microsecond."""

Key = tuple[str, str] | tuple[str, str, int]


@dataclass
class Joined:
    """Every attempt with its decision (None where no gateway was reached), and what has no counterpart."""

    pairs: list[tuple[Attempt, Truth | None]] = field(default_factory=list)
    orphaned_attempts: list[Attempt] = field(default_factory=list)
    orphaned_truths: list[Truth] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether everything has its counterpart."""
        return not (self.orphaned_attempts or self.orphaned_truths)


class Matcher:
    """Finds the decision on each attempt. Both must be given in the order in which they were written.

    From RCPT on the key is the return-path, its own for every recipient or transaction (VERP), and the recipient. At
    MAIL it is the return-path alone, before MAIL both ends of the connection. Both sides write in the order of events,
    so the n-th attempt of a key had the n-th decision. Recipients of one transaction share a decision that was taken
    before their RCPT.
    """

    def __init__(self) -> None:
        self._waiting: dict[Key, deque[Truth]] = {}
        self._shared: tuple[Key, Attempt, Truth] | None = None

    def decided(self, decision: Truth) -> None:
        """Add a decision."""
        self._waiting.setdefault(_key_of_truth(decision), deque()).append(decision)

    def decision_on(self, attempt: Attempt) -> Truth | None:
        """Return the decision on an attempt, None if there is none among those added so far."""
        for key in _keys_of_attempt(attempt):
            if self._shared is not None and self._shared[0] == key and _are_together(attempt, self._shared[1]):
                return self._shared[2]
            decisions = self._waiting.get(key)
            if decisions and _agree(attempt, decisions[0]):
                truth = decisions.popleft()
                if not decisions:
                    del self._waiting[key]
                if not truth.recipient:
                    self._shared = key, attempt, truth
                return truth
        return None

    def left(self) -> Iterator[Truth]:
        """Yield the decisions on no attempt.

        A cut connection is not a decision about a recipient; its attempt is a failure on the sender's side.
        """
        return (each for decisions in self._waiting.values() for each in decisions if each.fate != Fate.CUT)


class ProbedDecisions:
    """Knows which decisions are about experiments of the sender: they are neither deliveries nor left over."""

    def __init__(self, probes: Iterable[Probe]) -> None:
        self._return_paths: set[str] = set()
        self._before_mail: dict[Key, list[Probe]] = {}
        for each in probes:
            self._return_paths.add(each.return_path)
            if each.stage in BEFORE_MAIL:
                key = each.mx_address, each.local_address, each.local_port
                self._before_mail.setdefault(key, []).append(each)

    def others(self, decisions: Iterator[Truth]) -> Iterator[Truth]:
        """Return the decisions that are about no experiment."""
        return filter(self._is_other, decisions) if self._return_paths else decisions

    def _is_other(self, decision: Truth) -> bool:
        if decision.return_path is not None:
            return decision.return_path not in self._return_paths
        known = self._before_mail.get(_key_of_truth(decision), ())
        return not any(each.at - _SLACK_S <= decision.at <= each.at + each.duration_s + _SLACK_S for each in known)


def join(truths: Iterable[Truth], attempts: Iterable[Attempt], foreign: frozenset[str] = frozenset()) -> Joined:
    """Match attempts and decisions. Servers at ``foreign`` addresses write no decisions."""
    matcher = Matcher()
    for decision in truths:
        matcher.decided(decision)
    joined = Joined()
    for attempt in attempts:
        truth = matcher.decision_on(attempt)
        if truth is not None or needs_no_decision(attempt, foreign):
            joined.pairs.append((attempt, truth))
        else:
            joined.orphaned_attempts.append(attempt)
    joined.orphaned_truths.extend(matcher.left())
    return joined


def needs_no_decision(attempt: Attempt, foreign: frozenset[str]) -> bool:
    """Whether an attempt may be without a decision: no reply came, or a server at a ``foreign`` address decided."""
    return attempt.failure is not None or attempt.mx_address in foreign


def latest(attempt: Attempt) -> float:
    """Return the latest time of the decision on an attempt, in seconds since the epoch."""
    return attempt.at + attempt.duration_s + _SLACK_S


def _key_of_truth(truth: Truth) -> Key:
    if truth.return_path is None:
        return truth.address, truth.peer_address, truth.peer_port
    return truth.return_path, truth.recipient


def _keys_of_attempt(attempt: Attempt) -> tuple[Key, ...]:
    """Return the keys of an attempt's decision. After a lost connection it may have been taken at MAIL or at RCPT."""
    if attempt.stage in BEFORE_MAIL:
        return ((attempt.mx_address, attempt.local_address, attempt.local_port),)
    at_mail = (attempt.return_path, "")
    at_rcpt = (attempt.return_path, attempt.recipient)
    if attempt.failure is not None:
        return at_rcpt, at_mail
    return (at_mail,) if attempt.stage == Stage.MAIL else (at_rcpt,)


def _are_together(attempt: Attempt, other: Attempt) -> bool:
    """Whether two attempts belong to one transaction and got the same reply."""
    return (
        attempt.at == other.at
        and attempt.return_path == other.return_path
        and attempt.recipient != other.recipient
        and attempt.stage == other.stage
    )


def _agree(attempt: Attempt, truth: Truth) -> bool:
    """Whether both can be about the same event: the codes are the same, unless the reply was lost.

    A failed attempt may have had no decision; the next decision then belongs to a later attempt.
    """
    if attempt.failure is not None:
        return truth.at <= latest(attempt)
    return attempt.code == truth.code
