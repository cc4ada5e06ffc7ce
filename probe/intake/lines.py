"""What every reader does to a line before and after: limits, moments, addresses, replies."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from fake_gateways.envelope import Stage
from probe.intake.event import BadLine, Line

MAX_CHARACTERS: Final = 64 * 1024
"""No mail system writes longer lines; what is longer is no log."""
_MILLISECONDS_FROM: Final = 1e11
_LATEST: Final = 1e11
MAX_TEXT: Final = 4000
_REPLY: Final = re.compile(r"(?<![\d.])([245]\d\d)(?:[ \-]+#?([245]\.\d{1,3}\.\d{1,3}))?(?![\d.]*\d)")
_NUMBERS: Final = re.compile(r"^(?:smtp; ?)?(?:[245]\d\d[ -]+)?(?:#?[245]\.\d{1,3}\.\d{1,3}[ -]+)?")
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_STAGES: Final = (
    (
        re.compile(r"end[ -]of[ -](?:DATA|message)|sending (?:data block|end of data)|\bdot\b", re.IGNORECASE),
        Stage.END_OF_DATA,
    ),
    (re.compile(r"\bRCPT\b", re.IGNORECASE), Stage.RCPT),
    (re.compile(r"\bMAIL(?: FROM|\b)", re.IGNORECASE), Stage.MAIL),
    (re.compile(r"\bDATA\b"), Stage.DATA),
    (re.compile(r"\b(?:EHLO|HELO|LHLO)\b", re.IGNORECASE), Stage.EHLO),
    (re.compile(r"greeting|initial connection|refused to talk", re.IGNORECASE), Stage.CONNECT),
)


def bounded(lines: Iterable[Line]) -> Iterator[Line | BadLine]:
    """Yield lines, and a complaint in place of one that is too long to be one."""
    for line in lines:
        yield line if len(line.text) <= MAX_CHARACTERS else BadLine(line.number, "is longer than 64 KiB")


def read_reply(text: str) -> tuple[int | None, str | None]:
    """Return code and enhanced status of a reply such as ``smtp; 550 5.1.1 no such user`` (RFC 5321 4.2, RFC 3463)."""
    found = _REPLY.search(text)
    if found is None:
        status = _STATUS.search(text)
        return None, status[1] if status else None
    status = _STATUS.search(text, found.start()) if found[2] is None else None
    return int(found[1]), found[2] or (status[1] if status else None)


def read_stage(text: str) -> str | None:
    """Return the stage that words about a command speak of."""
    return next((stage.value for pattern, stage in _STAGES if pattern.search(text)), None)


def read_moment(text: str) -> float | None:
    """Return an ISO 8601 moment in seconds since the epoch; without a zone it is taken for UTC. None if it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def bracketed(message_id: str) -> str:
    """Return a Message-ID in angle brackets, empty where there is none."""
    bare = message_id.strip().strip("<>")
    return f"<{bare}>" if bare else ""


def words_of(text: str) -> str:
    """Return the words of a reply without its code and status in front, short enough to be kept."""
    return _NUMBERS.sub("", text.strip())[:MAX_TEXT]


def read_any_moment(value: object) -> float | None:
    """Return a moment given in seconds or milliseconds since the epoch, in ISO 8601 or as in a mail header."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        seconds = number / 1000 if number > _MILLISECONDS_FROM else number
        return seconds if 0 <= seconds < _LATEST else None
    found = read_moment(text)
    if found is not None:
        return found
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
