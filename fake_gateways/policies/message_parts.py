"""Take a message apart into what content filters look at."""

from __future__ import annotations

import email
import email.header
import re
from dataclasses import dataclass
from email.message import Message
from html.parser import HTMLParser
from typing import Final

MAX_OCTETS: Final = 1024 * 1024
"""Filters pass over what is beyond a size; SpamAssassin's client takes 500 KB (``spamc -s``)."""
MAX_TEXT: Final = 256 * 1024
"""Filters read the beginning of a long text; what comes after is not looked at."""
_LINK: Final = re.compile(r"https?://[^\s<>\"')]+", re.IGNORECASE)
_BREAKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Parts:
    """Decoded texts of a message, each as a sequence so that a pattern may anchor at the start of every one."""

    subject: tuple[str, ...]
    words: tuple[str, ...]
    links: tuple[str, ...]
    attachments: tuple[str, ...]
    markup: tuple[str, ...]

    def of(self, where: str) -> tuple[str, ...]:
        """Return the texts of one part by its name."""
        return getattr(self, where)  # type: ignore[no-any-return]  # the names are those of the fields


class _Words(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def dissect(content: bytes) -> Parts:
    """Parse a message; whatever cannot be decoded is read as well as it goes, never refused."""
    try:
        return _dissect(email.message_from_bytes(content[:MAX_OCTETS]))
    except RecursionError:  # parts nested a thousand deep: no honest message, but no reason to fall over either
        text = content[:MAX_TEXT].decode("latin-1")
        return Parts((), (text,), tuple(_LINK.findall(text)), (), ())


def _dissect(message: Message) -> Parts:
    words: list[str] = []
    links: list[str] = []
    attachments: list[str] = []
    markup: list[str] = []
    for part in message.walk():
        name = part.get_filename()
        if name:
            attachments.append(str(name))
        elif part.get_content_maintype() == "text":
            text = _text(part)
            links += _LINK.findall(text)
            if part.get_content_subtype() == "html":
                markup.append(text)
                reader = _Words()
                reader.feed(text)
                text = " ".join(reader.pieces)
            words.append(_BREAKS.sub(" ", text))
    return Parts((_subject(message),), tuple(words), tuple(links), tuple(attachments), tuple(markup))


def _subject(message: Message) -> str:
    raw = str(message.get("Subject", ""))
    try:
        return str(email.header.make_header(email.header.decode_header(raw)))
    except (LookupError, ValueError, UnicodeError):
        return raw


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    octets = payload[:MAX_TEXT] if isinstance(payload, bytes) else b""
    try:
        return octets.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return octets.decode("latin-1")
