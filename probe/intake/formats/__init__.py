"""The log formats that can be read. A new format is one file beside this one and one line in ``_READERS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, LogLine
from probe.intake.formats import (
    brevo,
    columns,
    exchange,
    exim,
    kumomta,
    mailgun,
    mandrill,
    postal,
    postfix,
    postmark,
    powermta,
    resend,
    sendgrid,
    ses,
    sparkpost,
    zeptomail,
)
from probe.intake.hints import Hints
from probe.intake.reading.addresses import addressed

LogReader = Callable[[Iterable[LogLine], Hints], Iterator[Event | BadLine]]

MAILBOX: Final = "mailbox"
"""The one format that holds messages, not lines: mbox or Maildir."""
TABLES: Final = ("csv", "jsonl")
"""Formats of anything with an address in it."""
_READERS: Final[dict[str, LogReader]] = {
    "postfix": lambda lines, hints: postfix.read(lines, year=hints.year),
    "exim": lambda lines, hints: exim.read(lines, year=hints.year),
    "powermta": lambda lines, _: powermta.read(lines),
    "kumomta": lambda lines, _: kumomta.read(lines),
    "ses": ses.read,
    "sendgrid": sendgrid.read,
    "mailgun": mailgun.read,
    "postmark": postmark.read,
    "sparkpost": sparkpost.read,
    "mandrill": mandrill.read,
    "brevo": brevo.read,
    "resend": resend.read,
    "postal": postal.read,
    "zeptomail": zeptomail.read,
    "exchange": exchange.read,
    "csv": columns.read_csv,
    "jsonl": columns.read_json_lines,
}


def _addressed(read: LogReader) -> LogReader:
    return lambda lines, hints: addressed(read(lines, hints))


FORMATS: Final = {name: _addressed(read) for name, read in _READERS.items()}
