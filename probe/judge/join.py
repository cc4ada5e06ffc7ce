"""Joins what was heard with what was true, attempt by attempt."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from fake_gateways.truth import Fate, Truth
from probe.records.attempt import Attempt

_SLACK_S: Final = 1e-3
"""Times are rounded to the microsecond on both sides."""

Key = tuple[str, str] | tuple[str, str, int]


@dataclass
class Joined:
    """Every attempt with the decision behind it (None where no gateway was reached), and what joins nothing."""

    pairs: list[tuple[Attempt, Truth | None]] = field(default_factory=list)
    orphaned_attempts: list[Attempt] = field(default_factory=list)
    orphaned_truths: list[Truth] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether the books agree."""
        return not (self.orphaned_attempts or self.orphaned_truths)


def join(truths: Iterable[Truth], attempts: Iterable[Attempt], foreign: frozenset[str] = frozenset()) -> Joined:
    """Match attempts and decisions in the order both were written.

    From RCPT on the key is the return-path, of which every recipient or transaction has its own (VERP), with the
    recipient; at MAIL the return-path alone, before it both ends of the socket. Both pens write in the order of events,
    so the n-th attempt under a key had the n-th decision. Recipients who share a transaction share a decision that was
    taken before their RCPT. At ``foreign`` addresses nobody writes the truth.
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
    # A dialogue that broke off was a decision of nobody's; its attempt is the failure on the other side.
    joined.orphaned_truths.extend(truth for truth in left if truth.fate != Fate.CUT)
    return joined


def _key_of_truth(truth: Truth) -> Key:
    if truth.return_path is None:
        return truth.address, truth.peer_address, truth.peer_port
    return truth.return_path, truth.recipient


def _keys_of_attempt(attempt: Attempt) -> tuple[Key, ...]:
    """Return where an attempt's decision may stand; a line that was lost does not tell how far the gateway had come."""
    if attempt.stage in BEFORE_MAIL:
        return ((attempt.mx_address, attempt.local_address, attempt.local_port),)
    at_mail = (attempt.return_path, "")
    at_rcpt = (attempt.return_path, attempt.recipient)
    if attempt.failure is not None:
        return at_rcpt, at_mail
    return (at_mail,) if attempt.stage == Stage.MAIL else (at_rcpt,)


def _are_together(attempt: Attempt, other: Attempt) -> bool:
    """Whether two recipients shared a transaction, and heard the same of it."""
    return (
        attempt.at == other.at
        and attempt.return_path == other.return_path
        and attempt.recipient != other.recipient
        and attempt.stage == other.stage
    )


def _agree(attempt: Attempt, truth: Truth) -> bool:
    """Whether the two can be about the same event: said is heard, unless the reply was lost on the way.

    An attempt that failed may have had no decision at all; then the next one belongs to a later attempt.
    """
    if attempt.failure is not None:
        return truth.at <= attempt.at + attempt.duration_s + _SLACK_S
    return attempt.code == truth.code
