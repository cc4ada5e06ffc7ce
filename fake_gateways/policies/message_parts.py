"""Take a message apart into what content filters look at."""

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
"""Filters pass over what is beyond a size: SpamAssassin's client takes 500 KB (``spamc -s``)."""
MAX_MEMBERS: Final = 100
"""Members of an archive that are looked into, each to its first mebibyte."""
MAX_MEMBER_OCTETS: Final = 1024 * 1024
_UNREADABLE: Final = (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error, EOFError, ValueError)

# A message is untrusted: each character is looked at once or twice, whatever the text.
_LINK: Final = re.compile(r"https?://[^\s<>\"')]+", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Parts:
    """Decoded texts of a message, the members of each kind on lines of their own."""

    subject: str
    words: str
    links: str
    attachments: str
    markup: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A decoded attachment; ``members`` are the names in it where it is a ZIP archive."""

    name: str
    octets: bytes

    @property
    def members(self) -> list[str]:
        """Names in the archive, none where it is none or cannot be read."""
        with _archive(self.octets) as archive:
            return [] if archive is None else archive.namelist()[:MAX_MEMBERS]

    def unpacked(self) -> Iterator[bytes]:
        """Yield the beginning of every member; what is too large to look into, or encrypted, is passed over."""
        with _archive(self.octets) as archive:
            if archive is None:
                return
            for member in archive.infolist()[:MAX_MEMBERS]:
                # Read no further than the limit, whatever size the archive claims: it may be a bomb.
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
    """Parse a message once for all policies that look at it."""
    try:
        return parse_email(content)
    except ParseError:
        return None


def attached(content: bytes) -> list[Attachment]:
    """List the attachments of a message, decoded, with the names they go by."""
    mail = _parsed(content[:MAX_OCTETS])
    return [] if mail is None else [Attachment(each.filename or "", each.content) for each in mail.attachments]


def dissect(content: bytes) -> Parts:
    """Parse a message. Whatever cannot be decoded is read as well as it goes; what is no message, as plain text."""
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
