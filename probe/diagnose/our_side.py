"""What a sender can change in a dialogue, given its own IP addresses and its message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from fake_gateways.policies.session_view import network_of
from probe.diagnose.conditions import Recipient, Source
from probe.diagnose.contents import without_attachments, without_links


def address_of(wanted: Source, usual: str, ours: Iterable[str]) -> str | None:
    """Return an address of ours, None if we have no such address."""
    if wanted is Source.USUAL:
        return usual
    for address in ours:
        if address != usual and (network_of(address) == network_of(usual)) == (wanted is Source.NEIGHBOUR):
            return address
    return None


def address_means(ours: Callable[[Source], str | None]) -> Iterator[str]:
    """Yield the means that other addresses of ours are."""
    for wanted in (Source.NEIGHBOUR, Source.ELSEWHERE):
        if ours(wanted) is not None:
            yield wanted.value


def content_means(content: bytes) -> Iterator[str]:
    """Yield the means that a message has: what can be left out of it."""
    if without_links(content) != content:
        yield "links"
    if without_attachments(content) != content:
        yield "attachments"


def named(recipient: Recipient, refused: str, control: str, unknown: str) -> str:
    """Return the address of whom RCPT names."""
    return {Recipient.REFUSED: refused, Recipient.CONTROL: control, Recipient.RANDOM: unknown}[recipient]
