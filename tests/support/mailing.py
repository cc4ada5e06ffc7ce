"""A program that sends mail by the standard library, and what it heard in the end."""

from __future__ import annotations

import smtplib
from typing import Final

from wire import PATIENCE_S

from probe.testing import GatewayFixture

SENDER: Final = "news@shop.example"
ANN: Final = "ann@acme.example"
BOB: Final = "bob@acme.example"


def message(subject: str = "Hello", text: str = "As agreed.", header: str = "") -> bytes:
    """Return a message; ``header`` are further lines of it."""
    return f"Subject: {subject}\r\n{header}\r\n{text}\r\n".encode()


def mail(
    gateway: GatewayFixture,
    *recipients: str,
    sender: str = SENDER,
    content: bytes = message(),
    client: str = "127.10.0.1",
) -> str:
    """Send a message and return the reply that decided: the last, or the first that agreed to nothing."""
    try:
        smtp = smtplib.SMTP(gateway.host, gateway.port, timeout=PATIENCE_S, source_address=(client, 0))
    except smtplib.SMTPConnectError as refused:
        return _line(refused.smtp_code, refused.smtp_error)
    with smtp:
        steps = [smtp.ehlo, lambda: smtp.mail(sender), *(lambda to=to: smtp.rcpt(to) for to in recipients or (ANN,))]
        for step in steps:
            code, said = step()
            if code >= 400:
                return _line(code, said)
        try:
            return _line(*smtp.data(content))
        except smtplib.SMTPDataError as refused:
            return _line(refused.smtp_code, refused.smtp_error)


def _line(code: int, said: bytes | str) -> str:
    text = said.decode() if isinstance(said, bytes) else said
    return f"{code} {text}"
