"""Decides what a message is, and has it read by whoever knows its kind."""

from __future__ import annotations

import re
from typing import Final

from probe.returned_mail.about import About, Kind, ReturnedMail, is_recipient
from probe.returned_mail.parts import Parts, take_apart
from probe.returned_mail.prose import read_prose
from probe.returned_mail.rfc3464 import read_fields

_FEEDBACK_TYPE: Final = re.compile(r"^feedback-type:", re.IGNORECASE | re.MULTILINE)
_FINAL: Final = re.compile(r"^(?:final|original)-recipient:", re.IGNORECASE | re.MULTILINE)
_COMPLAINED: Final = re.compile(
    r"^(?:original-rcpt-to|removal-recipient|redacted-address):\s{0,9}(.{1,320})", re.IGNORECASE | re.MULTILINE
)
_ORIGINAL_TO: Final = re.compile(r"^(?:x-original-to|delivered-to|to):\s{0,9}(.{1,600})", re.IGNORECASE | re.MULTILINE)
_ADDRESS: Final = re.compile(r"[^\s<>;,\"():]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,251}[A-Za-z0-9]")
_AWAY: Final = re.compile(
    r"^(?:auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|vacation|away from)|\bis (?:away|on vacation)\b",
    re.IGNORECASE,
)


def read(octets: bytes) -> ReturnedMail:
    """Read a message, whatever it is: nothing is raised, and what cannot be understood is ``unreadable``."""
    try:
        parts = take_apart(octets)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError, KeyError, IndexError, AssertionError):
        return ReturnedMail(Kind.UNREADABLE)  # the standard parser trips over some broken headers
    feedback = _feedback(parts)
    if feedback is not None:
        return ReturnedMail(Kind.COMPLAINT, feedback, parts.message_id)
    about = _by_fields(parts)
    if not about and _is_auto_reply(parts):
        return ReturnedMail(Kind.AUTO_REPLY, (), parts.message_id or _in_reply_to(parts))
    about = about or read_prose(parts)
    if about:
        return ReturnedMail(Kind.REPORT, about, parts.message_id)
    return ReturnedMail(Kind.UNREADABLE, (), parts.message_id)


def _by_fields(parts: Parts) -> tuple[About, ...]:
    """Read the machine part, or fields like its own where the message lost its structure."""
    texts = parts.fields or [text for text in (parts.words, parts.original) if _FINAL.search(text)][:1]
    about = tuple(each for text in texts for each in read_fields(text))
    if not about or all(each.status and each.code and each.text for each in about):
        return about
    # What the fields leave out the words may have.
    prose = {each.recipient.lower(): each for each in read_prose(parts)}
    return tuple(_filled_in(each, prose.get(each.recipient.lower())) for each in about)


def _filled_in(about: About, prose: About | None) -> About:
    if prose is None:
        return about
    is_vague = about.status is None or about.status.endswith(".0.0")
    return about._replace(
        status=(prose.status or about.status) if is_vague else about.status,
        code=about.code or prose.code,
        text=about.text or prose.text,
    )


def _feedback(parts: Parts) -> tuple[About, ...] | None:
    """Return whom a complaint is about (RFC 5965 section 3.2), None where it is none."""
    texts = parts.feedback or [text for text in (parts.words,) if _FEEDBACK_TYPE.search(text)]
    if not texts and "feedback-report" not in parts.get("Content-Type").lower():
        return None
    named = [found for text in texts for found in _COMPLAINED.findall(text)] or _ORIGINAL_TO.findall(parts.original)
    addresses = (address.strip("'.") for text in named for address in _ADDRESS.findall(text))
    return tuple(About(address) for address in dict.fromkeys(addresses) if is_recipient(address))


def _is_auto_reply(parts: Parts) -> bool:
    """Whether nobody wrote this (RFC 3834 section 5), and no server gave up on anything either."""
    submitted = parts.get("Auto-Submitted").lower()
    if submitted.startswith("auto-replied") and _FINAL.search(parts.original) is None:
        return _AWAY.search(parts.get("Subject")) is not None or "vacation" in submitted or not _returns(parts)
    markers = parts.get("X-Auto-Response-Suppress") + parts.get("X-Autoreply") + parts.get("Precedence")
    return _AWAY.search(parts.get("Subject")) is not None or (
        "auto_reply" in markers.lower().replace("-", "_") and not _returns(parts)
    )


def _returns(parts: Parts) -> bool:
    """Whether the message speaks as mail servers do when they give up."""
    sender = parts.get("From").lower()
    return "daemon" in sender or "postmaster" in sender or bool(parts.get("X-Failed-Recipients"))


def _in_reply_to(parts: Parts) -> str:
    text = parts.get("In-Reply-To")
    return text if text.startswith("<") and text.endswith(">") else ""
