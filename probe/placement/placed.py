"""What was seen in one seed mailbox of one campaign. A seed is a mailbox of the sender's own among the recipients."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from fake_gateways.truth import Fate


class Where(StrEnum):
    """Where a message is."""

    INBOX = "inbox"
    JUNK = "junk"
    OTHER = "other"
    """In another folder, such as one for promotions."""
    MISSING = "missing"
    """Nowhere in the mailbox: refused, quarantined, deleted, or still on its way."""


class Placed(NamedTuple):
    """What was seen of one campaign's message in one seed mailbox.

    ``where`` is None if nobody could look: then ``why`` says what was in the way. Otherwise ``why`` says more about a
    message that is in another folder or missing. ``source`` is the IP address that it came from, ``variant`` the name
    of its content; both are empty where they are not known. ``sent_at`` is in seconds since the epoch, ``took_s`` how
    long the message took.
    """

    campaign: str
    seed: str
    provider: str
    sent_at: float
    where: Where | None
    source: str = ""
    variant: str = ""
    took_s: float | None = None
    why: str = ""


_WHERE: Final = {Fate.INBOX: Where.INBOX, Fate.JUNK: Where.JUNK}


def filed(fate: str) -> tuple[Where, str]:
    """Return where a simulated gateway has filed a message, and what it did with one that is missing."""
    where = _WHERE.get(Fate(fate), Where.MISSING)
    return where, fate if where is Where.MISSING else ""
