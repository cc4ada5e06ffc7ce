"""Campaigns whose every recipient was refused, for tests of those who are asked to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from book_rows import refused

from probe.classify import Evidence

REPLY = "5.1.1 no such user here"


def evidence(recipient: str, campaign: str = "news") -> Evidence:
    """Return what was heard of a recipient: 550, once."""
    row = refused(recipient=recipient, campaign=campaign, enhanced="5.1.1", text=REPLY)
    return Evidence(recipient, (row,))


class Refused(Mapping[str, Evidence]):
    """``p0@acme.example`` and so on, all refused; what is known of each is made when somebody looks."""

    def __init__(self, count: int, campaign: str = "news") -> None:
        self._names = {f"p{number}@acme.example": None for number in range(count)}
        self._campaign = campaign

    def __getitem__(self, recipient: str) -> Evidence:
        """Make the evidence of a recipient."""
        if recipient not in self._names:
            raise KeyError(recipient)
        return evidence(recipient, self._campaign)

    def __iter__(self) -> Iterator[str]:
        """Go through the recipients."""
        return iter(self._names)

    def __len__(self) -> int:
        """Count them."""
        return len(self._names)
