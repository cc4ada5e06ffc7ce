"""Finds addresses in fields that may hold display names, angle brackets or lists (RFC 5322 section 3.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from fake_gateways.smtp.envelope import is_address
from probe.intake.event import BadLine, Event

_MOST: Final = 20_000
"""The most characters that are searched: a long list of recipients."""
_ATOM: Final = r'[^\s"(),:;<>@\[\]\\]'
_LABELS: Final = r"[\w-]++(?:\.[\w-]++)*+"
_QUOTED: Final = r'"(?:[^"\\]|\\.){0,255}+"'
_ADDRESS: Final = rf"(?:{_ATOM}++|{_QUOTED})@(?:{_LABELS}(?!@|\.\.)|\[[\w.:]++\])"
_PLAIN: Final = re.compile(rf"{_ATOM}++@{_LABELS}")
_INVISIBLE: Final = re.compile("[\u200b\u200e\u200f\u2060\ufeff]")
"""What is copied along from pages and spreadsheets."""
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]|^\.+|\.+$|\.(?=\.)")
_TOKEN: Final = re.compile(
    r"=\?[^?\s]++\?[bBqQ]\?[^?\s]*+\?="  # an encoded word of a name (RFC 2047)
    rf"|'?{_ADDRESS}'?(?=\s*<)"  # an address as the name of another
    rf"|(?P<quote>['`])?(?P<address>{_ADDRESS})"
    rf"|{_QUOTED}|\([^()]*+\)"  # a quoted name, a comment
    rf"|(?P<word>{_ATOM}++)|(?P<border>[,:;<\[])"
)


def addresses(text: str) -> list[str]:
    """Return the addresses in a text as RFC 5322's addr-specs, each once: without names, comments and ``mailto:``.

    Words before an address are its name only if it is in angle brackets; so ``ann b@a.example`` holds no address.
    """
    if _PLAIN.fullmatch(text) and text.isascii():
        return [text]
    text = _INVISIBLE.sub("", text[:_MOST])
    if text[:10].lower().strip("< ").startswith("mailto:"):
        text = unquote(text.partition("?")[0])
    found: dict[str, None] = {}
    is_in_name = False
    for token in _TOKEN.finditer(text):
        if token["word"]:
            is_in_name = True
        elif token["border"]:
            is_in_name = False
        elif token["address"] and not is_in_name:
            found[token["address"]] = None
    if not found and (quoted := text.strip().strip('"')) != text.strip():
        return addresses(quoted)
    return list(found)


def addressed(events: Iterable[Event | BadLine]) -> Iterator[Event | BadLine]:
    """Yield events with recipients and return-paths as addr-specs, one for each recipient of a list.

    A text without an address is left as it is: it may be a mailbox of the host, or a mistake to be shown.
    """
    for event in events:
        if isinstance(event, BadLine):
            yield event
            continue
        sender = next(iter(addresses(event.return_path)), event.return_path)
        for recipient in addresses(event.recipient) or [event.recipient]:
            is_same = recipient == event.recipient and sender == event.return_path
            yield event if is_same else event._replace(recipient=recipient, return_path=sender)


def plain(address: str) -> str:
    """Return an addr-spec in the plain form that lists of a scenario have: no quotes, ASCII (RFC 5321 section 4.1.2).

    What that form does not allow is written as ``_`` and its number: ``"ryan."@a.example`` is ``ryan_2e@a.example``.
    Anything else than an addr-spec is returned as it is.
    """
    if is_address(address) or addresses(address) != [address]:
        return address
    local, _, domain = address.rpartition("@")
    if local.startswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    local = _NOT_PLAIN.sub(lambda found: "".join(f"_{ord(each):x}" for each in found[0]), local)
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address
