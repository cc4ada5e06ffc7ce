"""Split a message into the parts that content filters examine."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from fast_mail_parser import ParseError, PyMail, parse_email

MAX_OCTETS: Final = 512 * 1024
"""Filters skip large messages: the limit of SpamAssassin's client is 500 KB (``spamc -s``)."""
MAX_MEMBERS: Final = 100
"""How many members of an archive are examined, each up to its first mebibyte."""
MAX_MEMBER_OCTETS: Final = 1024 * 1024
_SHORT: Final = 16 * 1024
"""The longest text, in characters, whose pieces are remembered."""
_LONG_LINE: Final = 2_000
"""Octets; RFC 5322 section 2.1.1 allows 998."""
_WORD: Final = b"=?"
_MOST_WORDS: Final = 100
_UNREADABLE: Final = (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error, EOFError, ValueError)

# A message is untrusted: these expressions read each character once or twice, whatever the text.
_LINK: Final = re.compile(r"https?://[^\s<>\"')]+", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Parts:
    """The decoded texts of a message. Several texts of one kind are separated by line breaks."""

    subject: str
    words: str
    links: str
    attachments: str
    markup: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A decoded attachment; ``members`` are the names in it if it is a ZIP archive."""

    name: str
    octets: bytes

    @property
    def members(self) -> list[str]:
        """The names in the archive; empty if it is not an archive or cannot be read."""
        with _archive(self.octets) as archive:
            return [] if archive is None else archive.namelist()[:MAX_MEMBERS]

    def unpacked(self) -> Iterator[bytes]:
        """Yield the beginning of each member. Encrypted members and members beyond the limit are skipped."""
        with _archive(self.octets) as archive:
            if archive is None:
                return
            for member in archive.infolist()[:MAX_MEMBERS]:
                # Read only up to the limit, whatever size the archive states: it may be a zip bomb.
                with suppress(*_UNREADABLE), archive.open(member) as file:
                    yield file.read(MAX_MEMBER_OCTETS)


@contextmanager
def _archive(octets: bytes) -> Iterator[zipfile.ZipFile | None]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(octets)) if octets.startswith(b"PK") else None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        archive = None
    yield archive


@lru_cache(maxsize=1)
def _parsed(content: bytes) -> PyMail | None:
    """Parse a message once for all policies that examine it."""
    try:
        return parse_email(_with_few_words(content))
    except ParseError:
        return None


def _with_few_words(content: bytes) -> bytes:
    """Hide the beginnings of encoded words (RFC 2047) in lines with very many; the parser looks for the end of each."""
    if len(content) <= _LONG_LINE or _WORD not in content:
        return content
    lines = content.split(b"\n")
    if max(map(len, lines)) <= _LONG_LINE:
        return content
    return b"\n".join([line if line.count(_WORD) <= _MOST_WORDS else line.replace(_WORD, b"= ?") for line in lines])


def attached(content: bytes) -> list[Attachment]:
    """List the attachments of a message, decoded, with their names."""
    mail = _parsed(content[:MAX_OCTETS])
    return [] if mail is None else [Attachment(each.filename or "", each.content) for each in mail.attachments]


def dissect(content: bytes) -> Parts:
    """Parse a message. Text that cannot be decoded is read as far as possible; without a structure, as plain text."""
    content = content[:MAX_OCTETS]
    mail = _parsed(content)
    if mail is None:
        text = content.decode("latin-1")
        return Parts("", text, "\n".join(_LINK.findall(text)), "", "")
    markup = "\n".join(mail.text_html)
    plain_words, plain_links = _read("\n".join(mail.text_plain), "\n\n", _read_plain)
    # A tag ends with its first ">", so none goes beyond this line end.
    seen_words, markup_links = _read(markup, ">\n", _read_markup)
    attachments = [attachment.filename for attachment in mail.attachments if attachment.filename]
    links = "\n".join(plain_links + markup_links)
    return Parts(mail.subject, f"{plain_words}\n{seen_words}", links, "\n".join(attachments), markup)


_Read = tuple[str, list[str]]
"""The words of a text, with single blanks between them, and its links."""


def _read(text: str, end: str, read: Callable[[str], _Read]) -> _Read:
    """Read a text piece by piece, each up to an ``end``, which is the end of a line.

    Messages of a campaign have most pieces in common, and nothing that is read goes beyond the end of one. So a piece
    is read once, and what is different for each recipient beside it.
    """
    if "\r\n" in text:
        end = end.replace("\n", "\r\n")
    if len(text) > _SHORT:
        return read(text)
    *pieces, last = text.split(end)
    found = [_known(piece, end, read) for piece in pieces]
    found.append(read(last))
    return " ".join([words for words, _ in found if words]), [link for _, links in found for link in links]


@lru_cache(maxsize=2048)
def _known(piece: str, end: str, read: Callable[[str], _Read]) -> _Read:
    return read(piece + end)


def _read_plain(text: str) -> _Read:
    return " ".join(text.split()), _LINK.findall(text) if "://" in text else []


def _read_markup(text: str) -> _Read:
    meant = html.unescape(text)
    seen = html.unescape(_TAG.sub(" ", text))
    return " ".join(seen.split()), _LINK.findall(meant) if "://" in meant else []
