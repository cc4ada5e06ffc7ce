"""What people cause to be sent to a return-path: vacation replies (RFC 3834) and complaints (ARF, RFC 5965)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime

from fake_gateways.reports.dsn import one_line, quotable

_NOTE = """\
Thank you for your message. I am out of the office at present and will answer when I am back.
In urgent cases please turn to my colleagues.
"""
_COMPLAINT = "This is a report of abuse: the recipient marked the message below as spam.\n"


@dataclass(frozen=True)
class Received:
    """The message that is answered or complained about. Times are in seconds since the epoch, UTC."""

    host: str
    at: float
    arrived_at: float
    number: str
    return_path: str
    recipient: str
    source: str
    original: bytes

    @property
    def header(self) -> Message:
        """The header of the original, without anything that could break the reply."""
        header = quotable(self.original.partition(b"\r\n\r\n")[0]) + b"\r\n\r\n"
        return BytesHeaderParser().parsebytes(header)


def vacation_note(received: Received) -> bytes:
    """Write a personal auto-reply (RFC 3834 section 3.1)."""
    note = MIMEText(_NOTE, "plain", "us-ascii")
    subject = one_line(str(received.header.get("Subject", "")))
    _address(note, received, f"<{received.recipient}>", f"Out of office: {subject}".strip())
    note["Auto-Submitted"] = "auto-replied (vacation)"
    if "Message-ID" in received.header:
        # Both, as a reply has them (section 3.1.6; RFC 5322 section 3.6.4).
        note["In-Reply-To"] = note["References"] = one_line(str(received.header["Message-ID"]))
    return note.as_bytes(policy=SMTP.clone(max_line_length=900))


def complaint(received: Received) -> bytes:
    """Write a feedback report about abuse (RFC 5965 section 2)."""
    report = MIMEMultipart("report")
    report.set_param("report-type", "feedback-report")
    report.set_boundary(f"{received.number}/{received.host}")
    _address(report, received, f"<feedback@{received.host}>", "FW: abuse report")
    report["Auto-Submitted"] = "auto-generated"
    report.attach(MIMEText(_COMPLAINT, "plain", "us-ascii"))
    fields = MIMENonMultipart("message", "feedback-report")
    arrived = format_datetime(datetime.fromtimestamp(received.arrived_at, UTC))
    fields.set_payload(
        "Feedback-Type: abuse\r\n"
        "User-Agent: fivefifty/1\r\n"
        "Version: 1\r\n"
        f"Original-Mail-From: <{received.return_path}>\r\n"
        f"Original-Rcpt-To: <{received.recipient}>\r\n"
        f"Arrival-Date: {arrived}\r\n"
        f"Source-IP: {received.source}\r\n"
        f"Reporting-MTA: dns; {received.host}\r\n"
    )
    report.attach(fields)
    report.attach(MIMEMessage(received.header))
    return report.as_bytes(policy=SMTP.clone(max_line_length=900))


def _address(message: Message, received: Received, sender: str, subject: str) -> None:
    message["From"] = sender
    message["To"] = f"<{one_line(received.return_path)}>"
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(datetime.fromtimestamp(received.at, UTC))
    message["Message-ID"] = f"<{received.number}@{received.host}>"
