"""What a message that came back says, and of whom."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from fake_gateways.envelope import is_address


class Kind(StrEnum):
    """What came back."""

    REPORT = "report"
    """A delivery report, standard (RFC 3464) or not."""
    COMPLAINT = "complaint"
    """A feedback report about abuse (RFC 5965)."""
    AUTO_REPLY = "auto-reply"
    """An answer that no person wrote (RFC 3834)."""
    UNREADABLE = "unreadable"
    """Nothing of it could be understood."""


_LOOSE: Final = re.compile(
    r"(?:\"[^\"@<>\s]{1,62}\"|[^\s\"<>()@,;:]{1,64})@[^\s\"<>()@,;:]{1,253}\.[^\s\"<>()@,;:.]{2,63}"
)


def is_recipient(text: str) -> bool:
    """Whether a text may be an address that mail was sent to, be it quoted or beyond ASCII (RFC 5321, RFC 6531)."""
    return is_address(text) or (_LOOSE.fullmatch(text) is not None and (text[0] == '"' or not text.isascii()))


class About(NamedTuple):
    """One recipient, and what the message says of it.

    ``action`` is failed, delayed, delivered, relayed or expanded (RFC 3464 section 2.3.3), None where the message does
    not say. ``status`` is an enhanced status such as ``5.1.1``, ``code`` an SMTP code, ``text`` the diagnostic on one
    line.
    """

    recipient: str
    action: str | None = None
    status: str | None = None
    code: int | None = None
    text: str = ""


class ReturnedMail(NamedTuple):
    """A message that came back. ``message_id`` is the original's, in angle brackets, empty where it is not told."""

    kind: Kind
    about: tuple[About, ...] = ()
    message_id: str = ""
