"""The samples of every log format, each made from its documentation, and how to read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from probe.intake.event import BadLine, Event, LogLine
from probe.intake.formats import FORMATS
from probe.intake.hints import Hints

FOLDER: Final = Path(__file__).parents[1] / "intake" / "samples"
YEAR: Final = 2026


class Sample(NamedTuple):
    """A file, whose format it is, and which of its columns are ours."""

    file: str
    source: str
    columns: dict[str, str] = {}  # noqa: RUF012 - never changed

    @property
    def path(self) -> Path:
        """The file's path."""
        return FOLDER / self.file

    @property
    def lines(self) -> list[LogLine]:
        """The file's lines."""
        return [LogLine(number, text) for number, text in enumerate(self.path.read_text("utf-8").splitlines(), 1)]

    def read(self, lines: list[LogLine] | None = None) -> Iterator[Event | BadLine]:
        """Read the sample, or other lines in its format."""
        return FORMATS[self.source](self.lines if lines is None else lines, Hints(self.columns, year=YEAR))


WEBHOOKS: Final = (
    "brevo", "exchange", "mailgun", "mandrill", "postal", "postmark", "resend", "sendgrid", "ses", "sparkpost",
    "zeptomail",
)  # fmt: skip
"""Formats of JSON events: a line is not a unit of them."""
MAILBOX: Final = FOLDER / "bounces.mbox"
"""Reports in an mbox (RFC 4155): two refusals in different words, a delay, a vacation note."""
SAMPLES: Final = (
    Sample("postfix.log", "postfix"),
    Sample("exim.log", "exim"),
    Sample("powermta.csv", "powermta"),
    Sample("kumomta.jsonl", "kumomta"),
    Sample("ses.jsonl", "ses"),
    Sample("sendgrid.json", "sendgrid"),
    Sample("mailgun.jsonl", "mailgun"),
    Sample("postmark.jsonl", "postmark"),
    Sample("sparkpost.json", "sparkpost"),
    Sample("mandrill.jsonl", "mandrill"),
    Sample("brevo.jsonl", "brevo"),
    Sample("resend.jsonl", "resend"),
    Sample("postal.jsonl", "postal"),
    Sample("zeptomail.jsonl", "zeptomail"),
    Sample("exchange.csv", "exchange"),
    Sample("table.csv", "csv"),
    Sample("table.jsonl", "jsonl", {"at": "ts", "text": "reply"}),
)
