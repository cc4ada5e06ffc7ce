"""The log formats that can be read. A new format is one file beside this one and one line in ``_READERS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from probe.intake.event import BadLine, Event, LogLine
from probe.intake.formats import columns, exim, kumomta, mailgun, postfix, postmark, powermta, sendgrid, ses, sparkpost
from probe.intake.reading.addresses import addressed

Columns = Mapping[str, str]
LogReader = Callable[[Iterable[LogLine], Columns, int], Iterator[Event | BadLine]]
"""Reads lines. The column map is for tables, the year for logs whose times have no year."""

MAILBOX: Final = "mailbox"
"""The one format that holds messages, not lines: mbox or Maildir."""
_READERS: Final[dict[str, LogReader]] = {
    "postfix": lambda lines, _, year: postfix.read(lines, year=year),
    "exim": lambda lines, _, year: exim.read(lines, year=year),
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


def _addressed(read: LogReader) -> LogReader:
    return lambda lines, columns, year: addressed(read(lines, columns, year))


FORMATS: Final = {name: _addressed(read) for name, read in _READERS.items()}
