"""Every format that can be read, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from probe.intake.event import BadLine, Event, LogLine
from probe.intake.formats import columns, exim, kumomta, mailgun, postfix, postmark, powermta, sendgrid, ses, sparkpost

Columns = Mapping[str, str]
LogReader = Callable[[Iterable[LogLine], Columns, int], Iterator[Event | BadLine]]
"""Reads lines; the column map is for tables, the year for logs without one."""

MAILBOX: Final = "mailbox"
"""No lines, but messages: mbox or Maildir."""
FORMATS: Final[dict[str, LogReader]] = {
    "postfix": lambda lines, _, year: postfix.read(lines, year=year),
    "exim": lambda lines, *_: exim.read(lines),
    "powermta": lambda lines, *_: powermta.read(lines),
    "kumomta": lambda lines, *_: kumomta.read(lines),
    "ses": lambda lines, *_: ses.read(lines),
    "sendgrid": lambda lines, *_: sendgrid.read(lines),
    "mailgun": lambda lines, *_: mailgun.read(lines),
    "postmark": lambda lines, *_: postmark.read(lines),
    "sparkpost": lambda lines, *_: sparkpost.read(lines),
    "csv": lambda lines, wanted, _: columns.read_csv(lines, wanted),
    "jsonl": lambda lines, wanted, _: columns.read_json_lines(lines, wanted),
}
