"""The envelope of a message and the stages of its dialogue (RFC 5321 2.3.1, 3.3, 4.5.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where in the dialogue a decision is told."""

    CONNECT = "connect"
    EHLO = "ehlo"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    END_OF_DATA = "end-of-data"


NULL_RETURN_PATH: Final = ""
"""``MAIL FROM:<>``: never answered with a delivery report (RFC 5321 4.5.5)."""


@dataclass(slots=True)
class Envelope:
    """Return-path and recipients of one mail transaction, addresses without angle brackets."""

    return_path: str = NULL_RETURN_PATH
    recipients: list[str] = field(default_factory=list)


def domain_of(address: str) -> str:
    """Return the domain of an address in lower case, empty for the null return-path and for ``postmaster``."""
    return address.rpartition("@")[2].lower() if "@" in address else ""
