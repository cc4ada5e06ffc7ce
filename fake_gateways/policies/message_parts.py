"""Take a message apart into what content filters look at."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from fast_mail_parser import ParseError, parse_email

MAX_OCTETS: Final = 512 * 1024
"""Filters pass over what is beyond a size: SpamAssassin's client takes 500 KB (``spamc -s``)."""

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


def dissect(content: bytes) -> Parts:
    """Parse a message. Whatever cannot be decoded is read as well as it goes; what is no message, as plain text."""
    content = content[:MAX_OCTETS]
    try:
        mail = parse_email(content)
    except ParseError:
        text = content.decode("latin-1")
        return Parts("", text, "\n".join(_LINK.findall(text)), "", "")
    markup = "\n".join(mail.text_html)
    seen = html.unescape(_TAG.sub(" ", markup))
    plain = "\n".join(mail.text_plain)
    links = _LINK.findall(plain) + _LINK.findall(html.unescape(markup))
    attachments = [attachment.filename for attachment in mail.attachments if attachment.filename]
    words = "\n".join(" ".join(text.split()) for text in (plain, seen))
    return Parts(mail.subject, words, "\n".join(links), "\n".join(attachments), markup)
