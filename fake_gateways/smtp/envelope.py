"""The envelope of a message and the stages of its dialogue (RFC 5321 sections 2.3.1, 3.3, 4.5.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """The stage of the dialogue at which a decision is answered."""

    CONNECT = "connect"
    EHLO = "ehlo"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    END_OF_DATA = "end-of-data"
    REPORT = "report"
    """After the dialogue, in a delivery report about a message that was accepted."""


BEFORE_MAIL: Final = frozenset({Stage.CONNECT, Stage.EHLO})
"""Stages at which a decision is about a client, not about a message."""
BEFORE_RCPT: Final = BEFORE_MAIL | {Stage.MAIL}
"""Stages at which a decision is not about a named recipient."""

NULL_RETURN_PATH: Final = ""
"""``MAIL FROM:<>``: never answered with a delivery report (RFC 5321 section 4.5.5)."""


@dataclass(slots=True)
class Envelope:
    """Return-path and recipients of one mail transaction; addresses are without angle brackets.

    The other fields are what the sender asks of delivery reports (RFC 3461 section 4). ``notify`` and
    ``original_recipients`` are by recipient, if given.
    """

    return_path: str = NULL_RETURN_PATH
    recipients: list[str] = field(default_factory=list)
    envelope_id: str | None = None
    headers_only: bool = False
    notify: dict[str, frozenset[str]] = field(default_factory=dict)
    original_recipients: dict[str, str] = field(default_factory=dict)


_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_LOCAL_PART_OCTETS: Final = 64
_DOMAIN_OCTETS: Final = 255


def is_address(text: str) -> bool:
    """Whether a text is a plain address: dot-string, ``@``, domain, of valid length (RFC 5321 4.1.2, 4.5.3.1)."""
    local, _, domain = text.rpartition("@")
    return len(local) <= _LOCAL_PART_OCTETS and len(domain) <= _DOMAIN_OCTETS and _ADDRESS.fullmatch(text) is not None


def domain_of(address: str) -> str:
    """Return the domain of an address in lower case; "" for the null return-path and for ``postmaster``."""
    _, at, domain = address.rpartition("@")
    return domain.lower() if at else ""
