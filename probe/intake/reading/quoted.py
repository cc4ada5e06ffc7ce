"""The parts of mail that logs quote: replies, addresses, message ids, hosts and times, cut to a maximum length."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fake_gateways.smtp.reply import from_wire
from probe.intake.reading.lines import UnreadableError

MAX_TEXT: Final = 4_000
"""The most characters of a text that are kept."""
MAX_NAME: Final = 1_000
"""The most characters of an address, message id or host; RFC 5321 4.5.3.1 and RFC 5322 2.1.1 allow fewer."""

_CODE: Final = re.compile(r"[2-5][0-9][0-9](?=[ -]|$)")
_STATUS: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![.0-9])")
_SECONDS: Final = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,9})?")


class QuotedReply(NamedTuple):
    """A parsed reply; code and enhanced are None if the text is not a reply."""

    code: int | None
    enhanced: str | None
    text: str


def kept(text: str) -> str:
    """Return the first MAX_TEXT characters of a text, with lone surrogates escaped."""
    text = text[:MAX_TEXT]
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")[:MAX_TEXT]


def parse_reply(text: str) -> QuotedReply:
    """Parse a quoted reply (RFC 5321 4.2.1) whose lines are joined by line feeds or, as in Postfix, by spaces."""
    text = kept(text)
    found = _CODE.match(text)
    if found is None:
        return QuotedReply(None, None, text.strip())
    code = found[0]
    goes_on = text.startswith("-", 3) and "\n" not in text
    lines = re.split(rf" (?={code}(?:[ -]|$))", text) if goes_on else text.split("\n")
    reply = from_wire(int(code), [line[4:] if line.startswith((f"{code} ", f"{code}-")) else line for line in lines])
    if text == code:
        return QuotedReply(reply.code, None, "")
    return QuotedReply(reply.code, str(reply.enhanced) if reply.enhanced else None, reply.text)


def status(text: str) -> str | None:
    """Return the enhanced status at the start of a text (RFC 3463 section 2), None if there is none."""
    found = _STATUS.match(text)
    return found[0] if found else None


def name(text: str) -> str:
    """Return an address or a host without spaces and angle brackets; "" if it is too long."""
    text = text.strip().removeprefix("<").removesuffix(">").strip()
    return kept(text) if len(text) <= MAX_NAME else ""


def recipient(text: str) -> str:
    """Return a recipient's address; raises UnreadableError if there is none."""
    address = name(text)
    if not address:
        raise UnreadableError("no recipient")
    return address


def message_id(text: str) -> str:
    """Return a message id in angle brackets, with or without brackets in the log; "" for none."""
    plain = name(text)
    return f"<{plain}>" if plain else ""


def moment(text: str) -> float:
    """Parse ISO 8601 or seconds since the epoch; without a time zone it is UTC. Raises UnreadableError."""
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise UnreadableError(f"{text[:40]!r} is not a time") from None
