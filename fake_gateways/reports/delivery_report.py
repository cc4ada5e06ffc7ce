"""A delivery report to send, and how a gateway writes one about the current message."""

from __future__ import annotations

from typing import NamedTuple

from fake_gateways.policies.session_view import SessionView
from fake_gateways.reports.dsn import Report, Undelivered
from fake_gateways.reports.layouts import compose
from fake_gateways.reports.settings import Reports


class DeliveryReport(NamedTuple):
    """A report to send. ``at`` is when it is sent, in seconds since the epoch, UTC.

    ``recipients`` are separated by spaces. ``content`` is the message, one character for each octet.
    """

    gateway: str
    host: str
    seq: int
    at: float
    return_path: str
    recipients: str
    layout: str
    content: str


def write_report(
    view: SessionView,
    undelivered: tuple[Undelivered, ...],
    reports: Reports,
    *,
    gateway: str,
    host: str,
    seq: int,
    now: float,
) -> DeliveryReport:
    """Write a report about recipients of the current message, in the gateway's layout and with its habits."""
    envelope = view.envelope
    at = round(now + reports.after, 6)
    report = Report(
        host=host,
        at=at,
        arrived_at=now,
        return_path=envelope.return_path,
        undelivered=undelivered,
        original=view.content,
        number=f"{gateway}.{seq}",
        headers_only=envelope.headers_only,
        envelope_id=envelope.envelope_id,
    )
    content = compose(report, reports.layout, reports.habits).decode("latin-1")
    recipients = " ".join(each.recipient for each in undelivered)
    return DeliveryReport(gateway, host, seq, at, envelope.return_path, recipients, reports.layout, content)
