"""The messages that experiments send: that of the campaign, changed in one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from probe.diagnose.conditions import Conditions, Content
from probe.diagnose.message_parts import FILE_NAME, LINK, Kind, parts_of, without_parts

_KEPT: Final = (b"from", b"to", b"date", b"message-id", b"reply-to")
_NEUTRAL: Final = (
    b"Subject: Our appointment\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
    b"Hello,\r\n\r\nthank you for your message. Thursday suits me well.\r\n\r\nKind regards\r\n"
)
_LINE: Final = b"It was good to see all of you again.\r\n"
_EMPTY: Final = b"Subject: \r\n\r\n"


def without_links(content: bytes) -> bytes:
    """Return a message without its links, in the text and in the header; it is the same if it has none."""
    return LINK.sub(b"", content)


def neutral(content: bytes) -> bytes:
    """Return a short personal message with the addresses of another one."""
    return b"".join(_kept(content)) + _NEUTRAL


def same_size(content: bytes) -> bytes:
    """Return a personal message that is at least as long as another one."""
    short = neutral(content)
    return short + _LINE * max(0, -(-(len(content) - len(short)) // len(_LINE)))


def without_attachments(content: bytes) -> bytes:
    """Return a message without the parts that have a file name; it is the same if it has none (RFC 2183)."""
    attachments = [number for number, part in enumerate(parts_of(content)) if part.kind is Kind.ATTACHMENT]
    return without_parts(content, attachments)


def renamed(content: bytes) -> bytes:
    """Return a message whose attachments have names that end with .txt; it is the same if it has none."""
    pieces: list[bytes] = []
    at = 0
    for part in parts_of(content):
        if part.kind is Kind.ATTACHMENT:
            ((begins, ends),) = part.places
            header, blank, body = content[begins:ends].partition(b"\r\n\r\n")
            number = len(pieces) // 2 + 1
            pieces += [content[at:begins], FILE_NAME.sub(rb'\1="part%d.txt"' % number, header) + blank + body]
            at = ends
    return b"".join([*pieces, content[at:]])


def empty(content: bytes) -> bytes:
    """Return a message without subject and body, with the addresses of another one."""
    return b"".join(_kept(content)) + _EMPTY


def from_domain(content: bytes, domain: str) -> bytes:
    """Return a message whose From: has another domain."""
    header, blank, body = content.partition(b"\r\n\r\n")
    at = re.compile(rb"(?im)^(from:[^\r\n]*@)[a-z0-9.-]+")
    return at.sub(lambda found: found[1] + domain.encode(), header, count=1) + blank + body


def _kept(content: bytes) -> list[bytes]:
    header = content.partition(b"\r\n\r\n")[0] + b"\r\n"
    fields = re.findall(rb"[^\r\n:]+:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", header)
    return [field for field in fields if field.partition(b":")[0].strip().lower() in _KEPT]


CHANGES: Final[Mapping[Content, Callable[[bytes], bytes]]] = {
    Content.CAMPAIGN: bytes,
    Content.WITHOUT_LINKS: without_links,
    Content.WITHOUT_ATTACHMENTS: without_attachments,
    Content.RENAMED: renamed,
    Content.SAME_SIZE: same_size,
    Content.NEUTRAL: neutral,
    Content.EMPTY: empty,
}
"""How each content is made of the campaign's message."""


def changed(content: bytes, conditions: Conditions) -> bytes:
    """Return a message as the conditions change it."""
    return CHANGES[conditions.content](without_parts(content, conditions.without))
