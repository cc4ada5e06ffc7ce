"""What one check of a sender's DNS records found."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Grade(StrEnum):
    """How it is. ``wrong`` is what receivers refuse or junk mail for."""

    GOOD = "good"
    ABSENT = "absent"
    """It is not there, and need not be."""
    WEAK = "weak"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """A check of an address or a domain, and what it found in a few words."""

    subject: str
    check: str
    grade: Grade
    says: str


class Identity(NamedTuple):
    """Who sends: the name in HELO, the domains of the return-path and of the From field, and the DKIM selectors.

    ``helo`` and ``return_path`` may be empty. ``selectors`` are those of the From domain; DOMAIN:SELECTOR for another.
    """

    helo: str = ""
    return_path: str = ""
    selectors: tuple[str, ...] = ()

    def keys_of(self, domain: str) -> list[tuple[str, str]]:
        """Return signing domain and selector of each key to check for a From domain."""
        pairs = [each.rpartition(":") for each in self.selectors]
        return [(signer or domain, selector) for signer, _, selector in pairs]
