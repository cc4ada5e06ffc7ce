"""What the words say, apart from the mailbox; and what was said openly to others meanwhile."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import log1p
from typing import Final

from fake_gateways.truth import Cause, Fault
from probe.classify.by_code import ByCode
from probe.classify.context.case import Case
from probe.classify.context.observations import Spoken
from probe.classify.context.replies_by_stage import TAKEN
from probe.classify.evidence import Evidence

_CODE: Final = ByCode()
_NEAR_S: Final = 900.0
_MOST: Final = 12


def openly_about_sending(case: Case) -> float:
    """Say 1 where the words name a list, a speed, a content or a policy, and no mailbox.

    Most gateways say what they mean (gateways.md 2; the replies of data/replies.csv).
    """
    return 1.0 if case.words.of_sending and not case.words.of_mailbox else 0.0


def about_both(case: Case) -> float:
    """Say 1 where the words name a mailbox and, besides, a list, a speed or a content.

    GoDaddy's 5.1.1 has sent to too many recipients this hour; mailbox unavailable, your address is listed (gateways.md
    1.1 rows 3 and 15).
    """
    return 1.0 if case.words.of_sending and case.words.of_mailbox else 0.0


def names_our_address(case: Case) -> float:
    """Say 1 where the reply quotes the address that it was sent from.

    Whoever answers about a recipient has no need of it (mailbounce's "about us"; gateways.md 4, separate, 6).
    """
    return 1.0 if case.attempt.local_address and case.attempt.local_address in case.attempt.text else 0.0


def names_a_time(case: Case) -> float:
    """Say 1 where minutes or an hour are named: the departed do not come back (gateways.md 4, separate, 6)."""
    return 1.0 if case.words.of_time else 0.0


def says_full(case: Case) -> float:
    """Say 1 where the words are those for a full mailbox: of such contacts a third read mail again within a year.

    evidence.md, MessageGears: more than 8 % within a week, more than 31 % within twelve months.
    """
    return 1.0 if case.words.cause is Cause.MAILBOX_FULL else 0.0


def silent_about_mailboxes(case: Case) -> float:
    """Say 1 where no word is about a mailbox, whatever the numbers are.

    Many a vendor has one code for all (gateways.md 1.1 row 10: 550 is "unavailable, or rejected for policy reasons").
    """
    return 0.0 if case.words.of_mailbox else 1.0


def numbers_disagree(case: Case) -> float:
    """Say 1 where the words are about a mailbox and the enhanced status is about something else.

    gateways.md 1.1 rows 7 and 8: unknown users under policy codes, and policies under the words for them.
    """
    if not case.words.of_mailbox or case.is_reported:
        return 0.0
    cause = _CODE.classify(Evidence(case.attempt.recipient, (case.attempt,))).cause
    return 0.0 if cause is not None and cause.fault in {Fault.RECIPIENT, Fault.MAILBOX} else 1.0


def others_were_told_openly(case: Case) -> float:
    """Weigh how many were told of list, speed, content or policy at the same stage within a quarter of an hour.

    A filter with two texts for one reason, or that defers some and refuses others, gives itself away (gateways.md 1.1
    rows 3 and 11; 3.6, the follow-on noise).
    """
    found = _openly_near(case)
    return log1p(max(0, sum(each.rank == case.rank for each in found) - case.words.of_sending))


def others_came_further(case: Case) -> float:
    """Weigh how many were told of list, speed, content or policy, but later in the dialogue: they were accepted so far.

    Who is refused at RCPT where everybody else is refused for the message was not refused for it (gateways.md 3.6).
    Looks towards the departed.
    """
    return -log1p(sum(each.rank > case.rank for each in _openly_near(case)))


def _openly_near(case: Case) -> Sequence[Spoken]:
    spoken, at = case.place.spoken, case.attempt.at
    middle = bisect_left(spoken, (at,))
    low = max(bisect_left(spoken, (at - _NEAR_S,)), middle - _MOST)
    high = min(bisect_right(spoken, (at + _NEAR_S, TAKEN)), middle + _MOST)
    return spoken[low:high]
