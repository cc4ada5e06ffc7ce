"""Writes the delivery report that a test asks for."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from operator import methodcaller

from fake_gateways.gateway import Gateway
from fake_gateways.policies.session_view import SessionView
from fake_gateways.reports.dsn import Layout, Report, Undelivered
from fake_gateways.reports.layouts import compose
from fake_gateways.smtp.envelope import Envelope, Stage, domain_of, is_address
from fake_gateways.smtp.reply import EnhancedStatus, Reply
from fake_gateways.truth import Cause, Truth
from fake_gateways.verdict import Refuse
from probe.input_error import InputError, one_of
from probe.testing.patterns import matches_any
from probe.testing.recorded import GatewayRecord, ReceivedMessage

__tracebackhide__ = methodcaller("errisinstance", InputError)
"""Hide this file in pytest's tracebacks of these errors: the reader wants the line of the test."""

Original = bytes | str | EmailMessage
SENDER = "news@shop.example"
"""The return-path of a message that the gateway never saw, and for which the test gives none."""
_CLIENT = "127.0.0.1"


class ReportWriter:
    """Writes reports about recipients of a gateway, from what the gateway has recorded about them."""

    def __init__(self, gateway: Gateway, record: GatewayRecord) -> None:
        self._gateway = gateway
        self._record = record
        self._written = 0

    def write(
        self,
        recipients: tuple[str, ...],
        *,
        verdict: Refuse | None,
        layout: str | None,
        sender: str | None,
        message: Original | None,
    ) -> bytes:
        """Return a report as octets; raises InputError.

        Without ``verdict`` the reply is that of the last refusal of each recipient, else that of an unknown user.
        Without ``layout`` the gateway itself reports; otherwise a server does that got the reply from the gateway.
        """
        for recipient in recipients:
            if "*" in recipient or not is_address(recipient):
                raise InputError(
                    f"gateway.report({recipient!r})", "is not an address", "write for example ann@acme.example"
                )
        received, refused = self._received(recipients[0]), self._refused(recipients[0])
        return_path = sender
        if return_path is None:
            return_path = received.sender if received else refused.return_path if refused else None
        if return_path is None:
            return_path = SENDER
        if not return_path:
            problem = "no report is sent to the null return-path (RFC 5321 section 4.5.5)"
            raise InputError("gateway.report(sender=...)", problem, "give the address that gets the report")
        self._written += 1
        gateway, now = self._gateway, self._gateway.clock.now()
        number = f"{gateway.name}.report{self._written}"
        if message is not None:
            original = _octets(message)
        else:
            original = received.content if received else _made_up(return_path, recipients[0], number)
        relay = None if layout is None else f"mail.{domain_of(return_path)}"
        report = Report(
            host=relay or gateway.host,
            at=now,
            arrived_at=now,
            return_path=return_path,
            undelivered=tuple(
                Undelivered(each, self._reply(each, verdict, return_path, relay), relay and gateway.host)
                for each in recipients
            ),
            original=original,
            number=number,
        )
        own = gateway.reports
        return compose(report, own.layout, own.habits) if layout is None else compose(report, _layout(layout))

    def _received(self, recipient: str) -> ReceivedMessage | None:
        """Return the last message that was accepted for a recipient."""
        messages = reversed(self._record.messages)
        return next((each for each in messages if any(matches_any((recipient,), to) for to in each.recipients)), None)

    def _refused(self, recipient: str) -> Truth | None:
        """Return the last refusal of a recipient."""
        return next((row for row in reversed(self._record.refused) if matches_any((recipient,), row.recipient)), None)

    def _reply(self, recipient: str, verdict: Refuse | None, return_path: str, relay: str | None) -> Reply:
        refused = self._refused(recipient)
        if verdict is None and refused is not None:
            status = None if refused.enhanced is None else EnhancedStatus.parse(refused.enhanced)
            return Reply(refused.code, tuple(refused.text.split("\n")), status)
        gateway = self._gateway
        view = SessionView(_CLIENT, 0, gateway.directory, lambda _question, _at: None, envelope=Envelope(return_path))
        stage = Stage.REPORT if relay is None else Stage.RCPT
        return gateway.word_refusal(verdict or Refuse(Cause.USER_UNKNOWN), stage, view, recipient).reply


def _layout(name: str) -> Layout:
    if name not in set(Layout):
        raise InputError(f"gateway.report(layout={name!r})", "is not a layout of reports", one_of(name, Layout))
    return Layout(name)


def _octets(message: Original) -> bytes:
    if isinstance(message, EmailMessage):
        return message.as_bytes(policy=email.policy.SMTP)
    return message.encode() if isinstance(message, str) else message


def _made_up(return_path: str, recipient: str, number: str) -> bytes:
    """Return a message, where the gateway has received none."""
    domain = domain_of(return_path)
    fields = {"From": return_path, "To": recipient, "Subject": "Hello", "Message-ID": f"<{number}@{domain}>"}
    header = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{header}\r\nHello.\r\n".encode()
