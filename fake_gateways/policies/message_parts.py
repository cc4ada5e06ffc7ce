"""Split a message into the parts that content filters examine."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
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
        return parse_email(content)
    except ParseError:
        return None


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
    seen = html.unescape(_TAG.sub(" ", markup))
    plain = "\n".join(mail.text_plain)
    links = _LINK.findall(plain) + _LINK.findall(html.unescape(markup))
    attachments = [attachment.filename for attachment in mail.attachments if attachment.filename]
    words = "\n".join(" ".join(text.split()) for text in (plain, seen))
    return Parts(mail.subject, words, "\n".join(links), "\n".join(attachments), markup)
