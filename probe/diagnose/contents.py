"""The messages that experiments send: that of the campaign, changed in one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from probe.diagnose.conditions import Content

_LINK: Final = re.compile(rb"\b(?:https?://|www\.)(?:=\r\n|[^\s\"'<>])+", re.IGNORECASE)
"""A link. In quoted-printable it may go over several lines (RFC 2045 section 6.7)."""
_KEPT: Final = (b"from", b"to", b"date", b"message-id", b"reply-to")
_NEUTRAL: Final = (
    b"Subject: Our appointment\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
    b"Hello,\r\n\r\nthank you for your message. Thursday suits me well.\r\n\r\nKind regards\r\n"
)
_LINE: Final = b"It was good to see all of you again.\r\n"
_BOUNDARY: Final = re.compile(rb"(?i)\bboundary=\"?([^\"\r\n;]{1,70})")
_FILE: Final = re.compile(
    rb"(?i)^content-(?:disposition|type):[^\r\n]*(?:\r\n[ \t][^\r\n]*)*(?:file)?name\*?=", re.MULTILINE
)
_EMPTY: Final = b"Subject: \r\n\r\n"


def without_links(content: bytes) -> bytes:
    """Return a message without its links, in the text and in the header; it is the same if it has none."""
    return _LINK.sub(b"", content)


def neutral(content: bytes) -> bytes:
    """Return a short personal message with the addresses of another one."""
    return b"".join(_kept(content)) + _NEUTRAL


def same_size(content: bytes) -> bytes:
    """Return a personal message that is at least as long as another one."""
    short = neutral(content)
    return short + _LINE * max(0, -(-(len(content) - len(short)) // len(_LINE)))


def without_attachments(content: bytes) -> bytes:
    """Return a message without the parts that have a file name; it is the same if it has none (RFC 2183)."""
    boundary = _BOUNDARY.search(content)
    if boundary is None:
        return content
    mark = b"--" + boundary[1]
    pieces = content.split(mark)
    return mark.join(each for each in pieces if not _FILE.search(each.partition(b"\r\n\r\n")[0]))


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
    Content.SAME_SIZE: same_size,
    Content.NEUTRAL: neutral,
    Content.EMPTY: empty,
}
"""How each content is made of the campaign's message."""
