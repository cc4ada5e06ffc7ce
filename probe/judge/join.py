"""Joins the attempts that the sender wrote with the decisions that the gateways wrote."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from fake_gateways.truth import Fate, Truth
from probe.records.attempt import Attempt

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


def join(truths: Iterable[Truth], attempts: Iterable[Attempt], foreign: frozenset[str] = frozenset()) -> Joined:
    """Match attempts and decisions in the order both were written.

    From RCPT on the key is the return-path, its own for every recipient or transaction (VERP), and the recipient. At
    MAIL it is the return-path alone, before MAIL both ends of the connection. Both sides write in the order of events,
    so the n-th attempt of a key had the n-th decision. Recipients of one transaction share a decision that was taken
    before their RCPT. Servers at ``foreign`` addresses write no decisions.
    """
    waiting: dict[Key, deque[Truth]] = defaultdict(deque)
    for decision in truths:
        waiting[_key_of_truth(decision)].append(decision)
    joined = Joined()
    shared: dict[Key, tuple[Attempt, Truth]] = {}
    for attempt in attempts:
        truth = None
        for key in _keys_of_attempt(attempt):
            if key in shared and _are_together(attempt, shared[key][0]):
                truth = shared[key][1]
                break
            decisions = waiting.get(key)
            if decisions and _agree(attempt, decisions[0]):
                truth = decisions.popleft()
                if not truth.recipient:
                    shared[key] = attempt, truth
                break
        if truth is not None or attempt.failure is not None or attempt.mx_address in foreign:
            joined.pairs.append((attempt, truth))
        else:
            joined.orphaned_attempts.append(attempt)
    left = (truth for decisions in waiting.values() for truth in decisions)
    # A cut connection is not a decision about a recipient; its attempt is a failure on the sender's side.
    joined.orphaned_truths.extend(truth for truth in left if truth.fate != Fate.CUT)
    return joined


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
        return truth.at <= attempt.at + attempt.duration_s + _SLACK_S
    return attempt.code == truth.code
