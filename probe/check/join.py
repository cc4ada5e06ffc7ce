"""Joins what was heard with what was true, attempt by attempt."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.envelope import Stage
from fake_gateways.truth import Fate, Truth
from probe.attempt import Attempt

_BEFORE_MAIL: Final = {Stage.CONNECT, Stage.EHLO}

_SLACK_S: Final = 1e-3
"""Times are rounded to the microsecond on both sides."""

Key = tuple[str] | tuple[str, str, int]


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


def join(truths: Iterable[Truth], attempts: Iterable[Attempt]) -> Joined:
    """Match attempts and decisions in the order both were written.

    From MAIL on the key is the return-path, of which every recipient has its own (VERP), before that both
    ends of the socket. Both pens write in the order of events, so the n-th attempt under a key had the n-th decision.
    """
    waiting: dict[Key, deque[Truth]] = defaultdict(deque)
    for decision in truths:
        waiting[_key_of_truth(decision)].append(decision)
    joined = Joined()
    for attempt in attempts:
        decisions = waiting[_key_of_attempt(attempt)]
        if decisions and _agree(attempt, decisions[0]):
            joined.pairs.append((attempt, decisions.popleft()))
        elif attempt.failure is not None:
            joined.pairs.append((attempt, None))
        else:
            joined.orphaned_attempts.append(attempt)
    left = (truth for decisions in waiting.values() for truth in decisions)
    # A dialogue that broke off was a decision of nobody's; its attempt is the failure on the other side.
    joined.orphaned_truths.extend(truth for truth in left if truth.fate != Fate.CUT)
    return joined


def _key_of_truth(truth: Truth) -> Key:
    if truth.return_path is None:
        return truth.host, truth.peer_address, truth.peer_port
    return (truth.return_path,)


def _key_of_attempt(attempt: Attempt) -> Key:
    if attempt.stage in _BEFORE_MAIL:
        return attempt.mx, attempt.local_address, attempt.local_port
    return (attempt.return_path,)


def _agree(attempt: Attempt, truth: Truth) -> bool:
    """Whether the two can be about the same event: said is heard, unless the reply was lost on the way.

    An attempt that failed may have had no decision at all; then the next one belongs to a later attempt.
    """
    if truth.recipient not in {"", attempt.recipient}:
        return False
    if attempt.failure is not None:
        return truth.at <= attempt.at + attempt.duration_s + _SLACK_S
    return attempt.code == truth.code
