"""The outcome of each recipient: what the sender's report says, compared with the truth."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RecipientOutcome(StrEnum):
    """The outcomes in the order in which charts draw them; the values are the names of their CSS colours."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    """Only of single attempts: another attempt followed."""
    GONE = "gone"
    LIED = "lied"
    KEPT = "kept"
    MISSED = "missed"


LABELS: Final = {
    RecipientOutcome.DELIVERED: "delivered",
    RecipientOutcome.DEFERRED: "deferred, then tried again",
    RecipientOutcome.GONE: "gone, reported as a hard bounce",
    RecipientOutcome.LIED: "alive, reported as a hard bounce",
    RecipientOutcome.KEPT: "alive, not delivered, no hard bounce",
    RecipientOutcome.MISSED: "gone, no hard bounce",
}


def outcome_of(*, alive: bool, bounced: bool, reported: bool) -> RecipientOutcome:
    """Return the outcome of a recipient. ``reported`` says whether it counts as a hard bounce."""
    if reported:
        return RecipientOutcome.LIED if alive else RecipientOutcome.GONE
    if not bounced:
        return RecipientOutcome.DELIVERED
    return RecipientOutcome.KEPT if alive else RecipientOutcome.MISSED
