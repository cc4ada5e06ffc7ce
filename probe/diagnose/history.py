"""What came of earlier attempts at the gateway: a block shows in all of them, a dead mailbox in one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from probe.diagnose.reply_kind import Answer, kind_of, words_of
from probe.records.attempt import Outcome
from probe.sender.transaction import Result

_SEVERAL_UNKNOWN: Final = 2
"""So many unknown recipients before may have blocked us; Cisco's lowest limit of directory harvests is one an hour."""
_MANY_UNKNOWN: Final = 0.25
"""Such a share of unknown recipients has probably blocked us, where unknown recipients do (Exim counts from a half)."""


class History(StrEnum):
    """What came of the attempts before the refusal, as far as it tells."""

    NOTHING = "nothing"
    """There were none."""
    ALL_ALIKE = "all refused alike"
    NONE_TAKEN = "none taken"
    TAKEN = "taken until now"
    """The last one was taken, and none was refused alike."""
    SOME_ALIKE = "some refused alike"
    """The last one was taken or refused otherwise, and others were refused alike."""
    SINCE = "refused alike since"
    """Others were taken, but the last ones were refused alike."""

    def told(self, unknown: int, before: int) -> str:
        """Return it as it is written in patterns.csv; of ``before`` recipients so many were ``unknown``."""
        if unknown < _SEVERAL_UNKNOWN:
            return self.value
        return f"{self} after {'many ' if unknown >= _MANY_UNKNOWN * before else ''}unknown recipients"


class Earlier(NamedTuple):
    """An attempt before the refusal: the recipient, and what came of it."""

    recipient: str
    result: Result


def told_by(earlier: Sequence[Earlier], refusal: Earlier) -> str:
    """Return what attempts at the same gateway tell, in the order of time."""
    words = words_of(refusal.result, refusal.recipient)
    alike = [words_of(each.result, each.recipient) == words for each in earlier]
    taken = [each.result.outcome is Outcome.DELIVERED for each in earlier]
    since = next((number for number, same in enumerate(reversed(alike)) if not same), len(alike))
    before = earlier[: len(earlier) - since]
    answers = [kind_of(each.result, each.recipient).answer for each in before]
    return _history(alike, taken, since).told(answers.count(Answer.UNKNOWN_RECIPIENT), len(before))


def _history(alike: Sequence[bool], taken: Sequence[bool], since: int) -> History:
    if not alike:
        return History.NOTHING
    if all(alike):
        return History.ALL_ALIKE
    if not any(taken):
        return History.NONE_TAKEN
    if since:
        return History.SINCE
    return History.SOME_ALIKE if any(alike) else History.TAKEN
