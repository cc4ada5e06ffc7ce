"""Patterns by which a test selects addresses, subjects and messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import re2

from fake_gateways.policies.message_parts import dissect
from fake_gateways.smtp.envelope import domain_of
from fake_gateways.strict import InvalidValueError
from fake_gateways.untrusted.expression import options

_TYPE: Final = re.compile(r"(?<!\s)\s*(?:rfc822\s*;|mailto:)", re.IGNORECASE)
"""What comes before an address in a delivery report (RFC 3464 section 2.3.2), or in a link."""
_ENTRY: Final = re.compile(r"""((?:"(?:[^"\\]|\\[\s\S])*(?:"|\\?\Z)|[^",;])+)[,;]?""")
_IN_BRACKETS: Final = re.compile(r"<([^<>]*)>\s*$")
_ADDRESS: Final = re.compile(r"""[^\s"<>@]*|(?:[^\s"<>@]+|"(?:[^"\\]|\\.)*")?@[^\s"<>@]+""")


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole text, ignoring case; ``*`` matches any text, all else only itself."""
    return _wildcard(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _wildcard(pattern: str) -> Any:
    return re2.compile("(?s)" + ".*".join(map(re2.escape, pattern.split("*"))), options(any_case=True))


def read_addresses(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the patterns for addresses in a text, or in several: each an address, or a domain with or without ``@``.

    Addresses may have display names, and be separated by commas, as in a header field. Raises InvalidValueError.
    """
    texts = (given,) if isinstance(given, str) else tuple(given)
    found = [pattern for text in texts for pattern in _read_line(text)]
    if not found:
        raise InvalidValueError(f"{given!r} has no address", "write for example ann@acme.example or acme.example")
    return tuple(found)


def _read_line(text: object) -> list[str]:
    remedy = "write for example ann@acme.example, Ann <ann@acme.example> or acme.example"
    if not isinstance(text, str):
        raise InvalidValueError(f"{text!r} is not an address", remedy)
    if not text:
        return [""]
    found = [_address_in(entry[1]) for entry in _ENTRY.finditer(_TYPE.sub("", text)) if entry[1].strip()]
    if not found or any(not _ADDRESS.fullmatch(each) for each in found):
        raise InvalidValueError(f"{text!r} is not an address", remedy)
    return found


def _address_in(entry: str) -> str:
    """Return what a header's entry has in angle brackets, else the entry itself, without the dot that ends a name."""
    found = _IN_BRACKETS.search(entry)
    return (entry if found is None else found[1]).strip().removesuffix(".")


def matches_any(patterns: Iterable[str], address: str) -> bool:
    """Whether one of the patterns of ``read_addresses`` matches an address, "" being the null return-path.

    A pattern without ``@`` matches an address or its domain.
    """
    return any(_matches_address(pattern, address) for pattern in patterns)


def _matches_address(pattern: str, address: str) -> bool:
    pattern, address = _with_ascii_domain(pattern), _with_ascii_domain(address)
    if pattern.startswith("@"):
        return matches(f"*{pattern}", address)
    return matches(pattern, address) or ("@" not in pattern and bool(address) and matches(pattern, domain_of(address)))


@lru_cache(maxsize=1024)
def _with_ascii_domain(address: str) -> str:
    """Return an address with its domain as the DNS has it, if it has letters beyond ASCII (RFC 5890)."""
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def contains(content: bytes, expression: Any) -> bool:
    """Whether a compiled expression is found in a message's raw header or in one of its decoded parts."""
    header = content.partition(b"\r\n\r\n")[0].decode("latin-1")
    parts = dissect(content)
    texts = (header, parts.subject, parts.words, parts.markup, parts.links, parts.attachments)
    return any(expression.search(text) is not None for text in texts)
