"""Guesses the format of a log that was read as another, by asking every reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from probe.input_error import InputError
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats import FORMATS, MAILBOX, TABLES
from probe.intake.hints import Hints

SAMPLE: Final = 5_000
"""The lines of a file that are asked about."""
_NAMES: Final = {
    "postfix": "Postfix's log",
    "exim": "Exim's main log",
    "powermta": "an accounting file of PowerMTA",
    "kumomta": "KumoMTA's log",
    "ses": "events of Amazon SES",
    "sendgrid": "events of SendGrid",
    "mailgun": "events of Mailgun",
    "postmark": "webhooks of Postmark",
    "sparkpost": "events of SparkPost",
    "mandrill": "events of Mandrill",
    "brevo": "events of Brevo",
    "resend": "events of Resend",
    "postal": "events of Postal",
    "zeptomail": "events of ZeptoMail",
    "exchange": "a message trace of Exchange",
    MAILBOX: "a mailbox",
    "csv": "a table",
    "jsonl": "JSON objects with an address in each",
}
_MAIL: Final = re.compile(
    r">?From |(?:Return-Path|Received|Delivered-To|X-[A-Za-z-]{1,60}|(?:ARC|DKIM)-[A-Za-z-]{1,40}|From|To|Cc|Date"
    r"|Subject|Reply-To|Sender|Message-ID|MIME-Version|Auto-Submitted|Content-[A-Za-z-]{1,40})[ \t]{0,9}:",
    re.IGNORECASE,
)
"""How mails and mbox files begin."""
_NO_MAIL_OUT: Final = {
    "postfix": re.compile(
        r"\bpostfix\S{0,40}/[a-z]{2,20}\[|\b(?:NOQUEUE|milter-reject): |\bstatus=(?:un)?deliverable\b"
    ),
    "exim": re.compile(
        r"\brejected (?:[A-Z]{4}|(?:after|during) [A-Z]{4}|connection|by )|\b(?:Start|End) queue run|\bexim[0-9]?\["
        r"| [0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} (?:<= |Completed)"
    ),
}
"""Signs of a log in which there may be lines about mail that went out, by format."""


def guess_format(lines: Sequence[LogLine], year: int) -> str | None:
    """Return the name of the format in which lines hold the most events, None if they hold none in any.

    Of several formats with as many, it is the one in which the events hold the most.
    """
    first = next((line.text for line in lines if line.text.strip()), "")
    if _MAIL.match(first):
        return MAILBOX
    # Tables are asked last, as any other format may be one.
    found = {name: _events(name, lines, year) for name in FORMATS}
    for names in (found.keys() - {*TABLES}, TABLES):
        best = max((name for name in FORMATS if name in names), key=lambda name: found[name])
        if found[best] > (0, 0):
            return best
    return None


def described(name: str) -> str:
    """Return what a file in a format is called."""
    return _NAMES.get(name, f"the format {name}")


def is_without_mail_out(name: str, lines: Sequence[LogLine]) -> bool:
    """Whether lines without an event are of a format all the same: about mail that came in, or probes of addresses."""
    sign = _NO_MAIL_OUT.get(name)
    return sign is not None and any(sign.search(line.text) for line in lines)


def _events(name: str, lines: Sequence[LogLine], year: int) -> tuple[int, int]:
    """Return the number of events, and of their fields that hold something."""
    count = fields = 0
    try:
        # A table may lack a column for the kind, which its own error then says.
        hints = Hints(kind=EventKind.REFUSED if name in TABLES else None, year=year)
        found: Iterator[Event | BadLine] = FORMATS[name](lines, hints)
        for each in found:
            if isinstance(each, Event):
                count += 1
                fields += sum(value not in (None, "", False) for value in each)
    except InputError:
        pass  # a table without a header line that names the recipient
    return count, fields
