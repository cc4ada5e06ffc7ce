"""Delivery reports as octets: RFC 3464 and vendors' variants, valid and broken (RFC 3461, 3462, 3464, 6533)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from enum import StrEnum
from typing import Final, Literal

from fake_gateways.smtp.reply import EnhancedStatus, Reply

MAX_QUOTED_OCTETS: Final = 64 * 1024
"""The most octets of the original that a report returns (Postfix: ``bounce_size_limit`` is 50,000)."""
_LINE_OCTETS: Final = 998
_FIELD_OCTETS: Final = 900

Kind = Literal["failed", "delayed", "delivered", "relayed"]
"""RFC 3464 section 2.3.3 calls it Action."""


class Layout(StrEnum):
    """The vendor whose layout a report has."""

    RFC3464 = "rfc3464"
    EXCHANGE = "exchange"
    EXCHANGE_ONLINE = "exchange-online"
    DOMINO = "domino"
    SYMANTEC_CLOUD = "symantec-cloud"
    BARRACUDA = "barracuda"
    POSTFIX = "postfix"
    EXIM = "exim"
    QMAIL = "qmail"
    SENDMAIL = "sendmail"


class Habit(StrEnum):
    """A defect that any layout can have."""

    NO_DIAGNOSTIC = "no-diagnostic"
    DISAGREEING_STATUS = "disagreeing-status"
    NO_ORIGINAL = "no-original"
    FOREIGN_LANGUAGE = "foreign-language"


@dataclass(frozen=True)
class Undelivered:
    """A failed recipient and the reason. ``remote_host`` sent the reply; None if the reporting host decided.

    ``original_recipient`` is the ORCPT of RFC 3461, such as ``rfc822;ann@acme.example``. ``own_status`` is that of the
    reporting host, where it is not the reply's.
    """

    recipient: str
    reply: Reply
    remote_host: str | None = None
    original_recipient: str | None = None
    kind: Kind = "failed"
    own_status: EnhancedStatus | None = None

    @property
    def status(self) -> EnhancedStatus:
        """The enhanced status, or one made from the first digit of the code (RFC 3464 section 2.3.4)."""
        return self.own_status or self.reply.enhanced or EnhancedStatus(self.reply.code // 100, 0, 0)


@dataclass(frozen=True)
class Report:
    """The content of a report. Times are in seconds since the epoch, UTC; ``number`` is unique for the host.

    ``original`` is the message as received, untrusted.
    """

    host: str
    at: float
    arrived_at: float
    return_path: str
    undelivered: tuple[Undelivered, ...]
    original: bytes
    number: str
    headers_only: bool = False
    envelope_id: str | None = None

    @property
    def date(self) -> str:
        """The report's date (RFC 5322 section 3.3)."""
        return format_datetime(datetime.fromtimestamp(self.at, UTC))

    @property
    def arrival_date(self) -> str:
        """The arrival date of the message."""
        return format_datetime(datetime.fromtimestamp(self.arrived_at, UTC))

    @property
    def headers(self) -> str:
        """The header of the original, without anything that could break the report."""
        return quotable(self.original.partition(b"\r\n\r\n")[0]).decode("utf-8", "replace")

    @property
    def subject(self) -> str:
        """The subject of the original on one line; empty if there is none."""
        found = re.search(r"^subject:[ \t]*(.*(?:\r\n[ \t].*)*)", self.headers, re.IGNORECASE | re.MULTILINE)
        return one_line(found[1]) if found else ""


@dataclass(frozen=True)
class Draft:
    """What a layout decides: extra headers, the text for people, and whether there is a machine-readable part.

    ``per_message`` are extra fields of the machine-readable part; ``statuses`` replace those of the recipients.
    Without that part the original is quoted below ``quote_line``.
    """

    subject: str
    sender: str
    text: str
    auto_submitted: str = "auto-replied"
    headers: tuple[tuple[str, str], ...] = ()
    has_machine_part: bool = True
    per_message: tuple[tuple[str, str], ...] = ()
    statuses: tuple[str, ...] = ()
    quote_line: str = ""


def assemble(report: Report, draft: Draft, habits: frozenset[Habit]) -> bytes:
    """Write a report with CRLF line ends; raises ValueError if it has no addressee (RFC 5321 section 4.5.5)."""
    if not report.return_path:
        msg = "a message with the null return-path is never answered with a report"
        raise ValueError(msg)
    headers = [
        ("From", draft.sender),
        ("To", f"<{one_line(report.return_path)}>"),
        ("Subject", _header(draft.subject)),
        ("Date", report.date),
        ("Message-ID", f"<{report.number}@{report.host}>"),
        ("Auto-Submitted", draft.auto_submitted),
        *draft.headers,
        ("MIME-Version", "1.0"),
    ]
    text = _lines(draft.text)
    if not draft.has_machine_part:
        if Habit.NO_ORIGINAL not in habits:
            text += _lines(draft.quote_line) + b"\r\n" + _original(report)
        return _fields([*headers, *_text_type(text)]) + b"\r\n" + text
    parts = [_fields(_text_type(text)) + b"\r\n" + text, _machine_part(report, draft, habits)]
    if Habit.NO_ORIGINAL not in habits:
        kind = "text/rfc822-headers" if report.headers_only else "message/rfc822"
        original = _original(report)
        about = [("Content-Description", "Undelivered Message"), ("Content-Type", kind), _encoding(original)]
        parts.append(_fields(about) + b"\r\n" + original)
    boundary = f"{report.number}/{report.host}"
    while any(boundary.encode() in part for part in parts):
        boundary = f"={boundary}"
    kind = f'multipart/report; report-type=delivery-status; boundary="{boundary}"'
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return _fields([*headers, ("Content-Type", kind), _encoding(body)]) + b"\r\n" + body


def _machine_part(report: Report, draft: Draft, habits: frozenset[Habit]) -> bytes:
    """Write the fields for the message, then a group for each recipient (RFC 3464 section 2)."""
    is_international = not all(each.recipient.isascii() for each in report.undelivered)
    about = [("Reporting-MTA", f"dns; {report.host}")]
    if report.envelope_id is not None:
        about.insert(0, ("Original-Envelope-Id", report.envelope_id))
    groups = [[*about, *draft.per_message, ("Arrival-Date", report.arrival_date)]]
    for number, each in enumerate(report.undelivered):
        status = draft.statuses[number] if draft.statuses else str(each.status)
        if Habit.DISAGREEING_STATUS in habits:
            status = disagreeing(status)
        original = [("Original-Recipient", each.original_recipient)] if each.original_recipient else []
        remote = [("Remote-MTA", f"dns; {each.remote_host}")] if each.remote_host else []
        diagnostic = [] if Habit.NO_DIAGNOSTIC in habits else [("Diagnostic-Code", f"smtp; {each.reply}")]
        kind = "rfc822" if each.recipient.isascii() else "utf-8"
        final = [("Final-Recipient", f"{kind}; {each.recipient}"), ("Action", each.kind), ("Status", status)]
        groups.append([*original, *final, *remote, *diagnostic])
    fields = b"\r\n".join(_fields(group, utf8=is_international) for group in groups)
    kind = "message/global-delivery-status" if is_international else "message/delivery-status"
    header = [("Content-Description", "Delivery report"), ("Content-Type", kind), _encoding(fields)]
    return _fields(header) + b"\r\n" + fields


def disagreeing(status: str) -> str:
    """Return a status that contradicts the given one: about the mailbox if that is not, and the reverse."""
    return f"{status[0]}.7.1" if status[1:] == ".1.1" else f"{status[0]}.1.1"


def _original(report: Report) -> bytes:
    header, blank, _ = report.original.partition(b"\r\n\r\n")
    return quotable(header + blank if report.headers_only else report.original)


def quotable(octets: bytes) -> bytes:
    """Return an untrusted message ready for quoting: valid line ends, no NUL, limited lines and size."""
    octets = octets[:MAX_QUOTED_OCTETS].replace(b"\0", b"")
    lines = re.split(rb"\r\n|\r|\n", octets)
    return b"\r\n".join(
        line[start : start + _LINE_OCTETS] for line in lines for start in range(0, max(len(line), 1), _LINE_OCTETS)
    )


def one_line(text: str) -> str:
    """Return untrusted text as one line: unprintable characters become spaces, long text is cut."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split())[:_FIELD_OCTETS]


def _header(text: str) -> str:
    text = one_line(text)
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=_LINE_OCTETS).encode()


def _fields(fields: list[tuple[str, str]], *, utf8: bool = False) -> bytes:
    """Write header fields; characters beyond ASCII only with ``utf8`` (RFC 6533)."""
    encoding = "utf-8" if utf8 else "ascii"
    return b"".join(f"{name}: {one_line(value)}\r\n".encode(encoding, "replace") for name, value in fields)


def _lines(text: str) -> bytes:
    return quotable(text.encode("utf-8", "replace")) + b"\r\n"


def _text_type(text: bytes) -> list[tuple[str, str]]:
    charset = "us-ascii" if text.isascii() else "utf-8"
    return [("Content-Type", f"text/plain; charset={charset}"), _encoding(text)]


def _encoding(octets: bytes) -> tuple[str, str]:
    return "Content-Transfer-Encoding", "7bit" if octets.isascii() else "8bit"
