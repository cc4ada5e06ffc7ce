"""The mail server behind the return-paths."""

from __future__ import annotations

import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from probe.returned_mail import mailbox_server, read

PATH = "news+ann=acme.example@bounce.shop.example"


def report(line: str) -> bytes:
    """Return a report that quotes a line."""
    mail = EmailMessage()
    mail["From"] = "MAILER-DAEMON@mx.acme.example"
    mail["To"] = PATH
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail.set_content(f"<ann@acme.example>: 550 5.1.1 User unknown\n\n{line}\n", cte="8bit")
    return mail.as_bytes().replace(b"\n", b"\r\n")


def sent(port: int, content: bytes, to: str = PATH) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("", [to], content)


async def received(*contents: bytes) -> list[tuple[str, bytes]]:
    """Return what arrives when a client sends these one after the other."""
    found: list[tuple[str, bytes]] = []
    server = await mailbox_server.listen(
        "bounce.shop.example", lambda path, content: found.append((path, content)), address="127.0.0.1"
    )
    async with server:
        for content in contents:
            await asyncio.to_thread(sent, server.sockets[0].getsockname()[1], content)
    return found


@pytest.mark.parametrize("length", [997, 999, 1_001, 1_500, 70_000, 3_000_000])
async def test_a_report_with_a_line_of_any_length_is_taken_as_it_is(length: int) -> None:
    content = report("x" * length)
    ((path, octets),) = await received(content)
    assert (path, octets) == (PATH, content)
    assert [each.recipient for each in read(octets).recipients] == ["ann@acme.example"]


async def test_the_report_after_one_with_long_lines_is_taken_too() -> None:
    assert [content for _, content in await received(report("x" * 5_000), report("hello"))] == [
        report("x" * 5_000),
        report("hello"),
    ]


async def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
        await received(report("x" * (mailbox_server.MAX_OCTETS + 1)))
