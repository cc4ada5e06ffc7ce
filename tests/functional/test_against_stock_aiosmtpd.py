"""The same messages by the standard library's smtplib to a stock aiosmtpd and to a gateway: both take the same."""

from __future__ import annotations

import asyncio
import random
import re
import smtplib
from typing import Final

import pytest
import trial_gateway
from aiosmtpd.smtp import SMTP, Envelope, Session
from siege import keep_contents
from wire import PATIENCE_S

ANNA: Final = "anna.berg@northwind.example"
NEWS: Final = "news@bounce.messenger.example"
SIZE_LIMIT: Final = 200_000


class StockHandler:
    """Keeps what a stock aiosmtpd took."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        assert isinstance(envelope.content, bytes)
        self.contents.append(envelope.content)
        return "250 OK"


WRITTEN: Final = {
    "empty": b"",
    "one-line-end": b"\r\n",
    "one-octet": b"x",
    "one-line": b"Hello\r\n",
    "no-line-end": b"Hello",
    "only-a-dot": b".",
    "only-a-dot-line": b".\r\n",
    "only-dots": b"...",
    "dot-lines": b".\r\n..\r\n...\r\n",
    "dots-without-end": b".\r\n.\r\n.",
    "many-dot-lines": b".\r\n" * 2000,
    "dot-words": b".profile\r\n..\r\n. .\r\n.. .\r\n",
    "dot-in-the-middle": b"a.b\r\nc .\r\n",
    "dot-behind-a-blank-line": b"\r\n.\r\n",
    "dot-behind-two-blank-lines": b"\r\n\r\n.\r\n\r\n",
    "trailing-blank-line": b"Hello\r\n\r\n",
    "trailing-blank-lines": b"Hello" + b"\r\n" * 50,
    "leading-blank-lines": b"\r\n" * 50 + b"Hello\r\n",
    "blanks-at-line-ends": b"Hello \t \r\n \r\n\t\r\n",
    "bare-cr": b"Hello\rworld\r\n",
    "bare-crs": b"\r\r\r\r\n",
    "bare-cr-at-the-end": b"Hello\r",
    "bare-lf": b"Hello\nworld\r\n",
    "bare-lf-at-the-end": b"Hello\n",
    "bare-lfs": b"\n\n\n",
    "lf-dot-lf": b"Hello\n.\nMAIL FROM:<>\n",
    "lf-dot-crlf": b"Hello\n.\r\nMAIL FROM:<>\r\n",
    "crlf-dot-lf": b"Hello\r\n.\nMAIL FROM:<>\r\n",
    "cr-dot-cr": b"Hello\r.\rMAIL FROM:<>\r",
    "lf-cr": b"Hello\n\rworld\n\r",
    "nul": b"\0" * 100 + b"\r\n.\0\r\n",
    "every-octet": bytes(range(256)) + b"\r\n",
    "every-octet-behind-a-dot": b"".join(b".%c\r\n" % octet for octet in range(256) if octet not in b"\r\n"),
    "latin-1": "Grüße aus Köln\r\n".encode("latin-1"),
    "utf-8": "Grüße aus Köln und 東京\r\n".encode(),
    "invalid-utf-8": b"\xff\xfe\xc3\x28\r\n",
    "commands": b"RSET\r\nQUIT\r\nDATA\r\nMAIL FROM:<>\r\n",
    "longest-line": b"x" * 998 + b"\r\n",
    "longest-lines": (b"x" * 998 + b"\r\n") * 100,
    "hundred-kilobytes": (b"0123456789" * 7 + b"\r\n") * 1389,
    "hundred-kilobytes-of-dots": b"." * 900 + b"\r\n" + (b"." * 70 + b"\r\n") * 1389,
    "hundred-kilobytes-of-line-ends": b"\r\n" * 50_000,
    "headers": b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\nHello\r\n",
    "folded-header": b"Subject: a\r\n b\r\n\tc\r\n\r\n.\r\n",
}


def _made_up(seed: int) -> bytes:
    """Return a body from the pieces that framing can trip over, in any order."""
    rng = random.Random(seed)
    pieces = (b".", b"..", b"\r\n", b"\r\n.", b"\r", b"\n", b"\n.", b"Hello", b"\xe9", b"\0", b" ", b"\r\n\r\n")
    body = b"".join(rng.choices(pieces, k=rng.randrange(1, rng.choice([4, 12, 200]))))
    assert max(map(len, body.split(b"\r\n"))) < 998, "RFC 5321 4.5.3.1.6: a line of text has a thousand octets at most"
    return body


BODIES: Final = WRITTEN | {f"made-up-{seed}": _made_up(seed) for seed in range(80)}
# smtplib stuffs dots behind a bare line feed too, where no receiver takes them away again.
TRANSPARENT: Final = {name: body for name, body in BODIES.items() if not re.search(rb"(?<!\r)\n\.", body)}


def _send(port: int, body: bytes) -> tuple[int, list[int]]:
    """Send a body with smtplib; return the final code, and those of NOOP and QUIT behind it."""
    with smtplib.SMTP("127.0.0.1", port, "mta1.messenger.example", timeout=PATIENCE_S) as client:
        client.ehlo()
        assert client.mail(NEWS)[0] == 250
        assert client.rcpt(ANNA)[0] == 250
        return client.data(body)[0], [client.noop()[0], client.quit()[0]]


async def _send_to_both(body: bytes) -> tuple[int, int, list[bytes], list[bytes]]:
    """Return the final codes of stock and gateway, then what each took."""
    stock = StockHandler()
    trial = trial_gateway.build(mailboxes={ANNA: "present"}, size_limit=f"{SIZE_LIMIT} B")
    keep = keep_contents(trial)
    listener = await asyncio.get_running_loop().create_server(
        lambda: SMTP(stock, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=False), "127.0.0.1", 0
    )
    try:
        async with trial_gateway.serving(trial) as port:
            theirs, then_theirs = await asyncio.to_thread(_send, listener.sockets[0].getsockname()[1], body)
            ours, then_ours = await asyncio.to_thread(_send, port, body)
    finally:
        listener.close()
        await listener.wait_closed()
    assert then_theirs == then_ours == [250, 221]
    assert [row.fate for row in trial.books] == ["inbox" if ours == 250 else "refused"]
    return theirs, ours, stock.contents, keep.contents


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_stock_and_gateway_take_the_same_content_and_say_the_same_code(body: bytes) -> None:
    theirs, ours, stock, gateway = await _send_to_both(body)
    assert theirs == ours == 250
    assert stock == gateway
    assert len(gateway) == 1


@pytest.mark.parametrize("body", TRANSPARENT.values(), ids=TRANSPARENT)
async def test_the_gateway_takes_what_was_sent_with_its_last_line_ended(body: bytes) -> None:
    # smtplib ends the last line where it is not ended, and knows no truly empty message.
    _, _, _, gateway = await _send_to_both(body)
    assert gateway == [body if body.endswith(b"\r\n") else body + b"\r\n"]


async def test_stock_and_gateway_refuse_what_is_far_too_large_with_552() -> None:
    theirs, ours, stock, gateway = await _send_to_both(b"0123456789\r\n" * (SIZE_LIMIT // 10))
    assert theirs == ours == 552
    assert stock == gateway == []
