"""A message taken apart: the words for people, the fields for machines, the original that it brings back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from html.parser import HTMLParser
from typing import Final

MAX_OCTETS: Final = 500_000
"""How much of a message is read: a report has its news in front."""
MAX_PARTS: Final = 100
_MACHINE: Final = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINAL: Final = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822"}
_BEGINS: Final = re.compile(
    r"^(?:Received:|Return-Path:|[- ]{3,40}[^\n]{0,60}(?:copy of|original message|returned message|unsent message))",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED: Final = re.compile(r"^> ?", re.MULTILINE)
_MESSAGE_ID: Final = re.compile(r"^[ \t>]{0,8}message-id:\s{0,9}(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Parts:
    """``words`` are for people, ``fields`` for machines (one text a part), ``original`` is what was brought back."""

    header: Message
    words: str = ""
    fields: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    original: str = ""

    def get(self, name: str) -> str:
        """Return a header field, decoded, on one line; empty where there is none."""
        return decoded(self.header.get(name))

    @property
    def message_id(self) -> str:
        """The Message-ID of the original, empty where it is not brought back."""
        found = _MESSAGE_ID.search(self.original) or _MESSAGE_ID.search(self.words)
        return found[1] if found else ""


def take_apart(octets: bytes) -> Parts:
    """Take a message apart, whatever state it is in."""
    message = message_from_bytes(octets[:MAX_OCTETS])
    parts = Parts(message)
    words: list[str] = []
    for number, part in enumerate(_leaves(message)):
        if number >= MAX_PARTS:
            break
        kind = part.get_content_type()
        if kind in _MACHINE:
            parts.fields.append(_text(part))
        elif kind == "message/feedback-report":
            parts.feedback.append(_text(part))
        elif kind in _ORIGINAL:
            parts.original = parts.original or _text(part)
        elif kind.startswith(("text/", "multipart/")) and not parts.original:
            text = _text(part)
            words.append(_without_tags(text) if kind == "text/html" else text)
    parts.words = _QUOTED.sub("", "\n".join(words))  # a report that was forwarded is still one
    if not parts.original:
        parts.words, parts.original = _cut(parts.words)
    return parts


def decoded(value: object) -> str:
    """Return a header's value with its encoded words read (RFC 2047), on one line."""
    text = str(value or "")
    with suppress(LookupError, ValueError):  # what cannot be decoded is taken as it stands
        text = str(make_header(decode_header(text)))
    return " ".join(text.split())


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something; what is inside an original is its own affair."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        inner = part.get_payload()
        kind = part.get_content_type()
        if (
            isinstance(inner, list)
            and kind not in _MACHINE
            and kind not in _ORIGINAL
            and kind != "message/feedback-report"
        ):
            waiting = [each for each in inner if isinstance(each, Message)] + waiting
        else:
            yield part


def _text(part: Message) -> str:
    """Return the text of a part; the standard parser takes message/* apart into messages of their own."""
    inner = part.get_payload()
    if isinstance(inner, list):
        return "\n\n".join(each.as_bytes().decode("utf-8", "replace") for each in inner if isinstance(each, Message))
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return str(inner or "")
    charset = part.get_content_charset() or "utf-8"
    for name in (charset, "utf-8", "latin-1"):
        try:
            return octets.decode(name).replace("\r\n", "\n")
        except (LookupError, UnicodeError):
            continue
    return octets.decode("latin-1")


def _cut(words: str) -> tuple[str, str]:
    """Divide the words from an original that is quoted below them: it begins with its trace, or behind a line."""
    found = _BEGINS.search(words)
    return (words[: found.start()], words[found.start() :]) if found else (words, "")


class _Stripper(HTMLParser):
    """Keeps the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in {"style", "script"}
        if tag in {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script"} and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _without_tags(page: str) -> str:
    stripper = _Stripper()
    with suppress(AssertionError, ValueError):  # a page that cannot be read has words up to there
        stripper.feed(page)
        stripper.close()
    return "".join(stripper.words)
