"""The part ``stock``: smtplib and aiosmtplib send to our gateways, and our sender to aiosmtpd, through the proxy."""

from __future__ import annotations

import asyncio
import random
import smtplib
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from fake_gateways import certificate, server
from fake_gateways.truth import Truth
from fake_gateways.verdict import UNANSWERED
from probe.lab import event_loop
from probe.sender.transaction import introduce, transact
from probe.sender.transport import LineError
from probe.sender.transport.tcp import TcpTransport
from simulation.fuzzing.told_policies import DOMAIN, gateway
from simulation.part import Failure, Tried, check_numbered, numbered
from simulation.wire.proxy import Proxy

HOST: Final = "127.0.0.1"
CLIENT: Final = "127.10.0.1"
HELO: Final = "mta.sender.example"
PATIENCE_S: Final = 3600.0
"""Real seconds to wait for a reply. Who gets none is found out sooner, because nobody runs any more."""
_MOST: Final = 6
_WORDS: Final = ("", "", "", "refuse", "defer", "junk", "discard")
_CODES: Final = {"refuse": 550, "defer": 450}
_PIECES: Final = (b".", b"..", b"\r\n", b"\r\n.", b"Hello", b"\xe9", b" ", b"\r\n\r\n", b"x" * 500)


class Mail(NamedTuple):
    """A message that a client is to send. ``content`` ends with a line end."""

    return_path: str
    recipients: tuple[str, ...]
    content: bytes


Heard = dict[str, int | None]
"""The code that was heard about each recipient, None if none came."""
Send = Callable[..., Awaitable[Heard]]


def drawn_mail(rng: random.Random, number: int) -> Mail:
    """Draw a message whose recipients say what the server is to do."""
    words = rng.choices(_WORDS, k=rng.randrange(1, 4))
    recipients = tuple(f"{word}.r{number}.{place}@{DOMAIN}".lstrip(".") for place, word in enumerate(words))
    lines = b"".join(rng.choices(_PIECES, k=rng.randrange(1, 30))).split(b"\r\n")
    content = b"Subject: x\r\n\r\n" + b"".join(line[:900] + b"\r\n" for line in lines)
    return Mail(f"m{number}@sender.example", recipients, content)


def expected(mail: Mail) -> Heard:
    """Return what a client hears where nothing is lost."""
    return {each: next((code for word, code in _CODES.items() if word in each), 250) for each in mail.recipients}


async def by_smtplib(port: int, mail: Mail, *, tls: bool) -> Heard:
    """Send a message by the standard library, in a thread."""

    def send() -> Heard:
        try:
            with smtplib.SMTP(HOST, port, HELO, PATIENCE_S, source_address=(CLIENT, 0)) as client:
                if tls:
                    client.starttls(context=trusting())
                refused = client.sendmail(mail.return_path, mail.recipients, mail.content)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        return {each: refused[each][0] if each in refused else 250 for each in mail.recipients}

    try:
        return await asyncio.to_thread(send)
    except (smtplib.SMTPException, OSError):
        return dict.fromkeys(mail.recipients)


async def by_aiosmtplib(port: int, mail: Mail, *, tls: bool) -> Heard:
    """Send a message by aiosmtplib."""
    client = aiosmtplib.SMTP(
        hostname=HOST,
        port=port,
        local_hostname=HELO,
        timeout=PATIENCE_S,
        start_tls=tls,
        tls_context=trusting() if tls else None,
    )
    try:
        async with client:
            refused, _ = await client.sendmail(mail.return_path, list(mail.recipients), mail.content)
    except aiosmtplib.SMTPRecipientsRefused as error:
        return {each.recipient: each.code for each in error.recipients}
    except (aiosmtplib.SMTPException, OSError):
        return dict.fromkeys(mail.recipients)
    return {each: refused[each].code if each in refused else 250 for each in mail.recipients}


async def by_our_sender(port: int, mail: Mail, *, tls: bool) -> Heard:
    """Send a message as lanes do, with real deadlines."""
    try:
        line = await TcpTransport(HOST, port, deadline_s=PATIENCE_S).connect(CLIENT, HELO)
    except LineError:
        return dict.fromkeys(mail.recipients)
    try:
        if await introduce(line, lambda: None, "must" if tls else "none") is not None:
            return dict.fromkeys(mail.recipients)
        results = await transact(
            line,
            return_path=mail.return_path,
            recipients=mail.recipients,
            content=mail.content,
            reset=False,
            round_trip=lambda: None,
        )
    finally:
        await line.close()
    codes = [None if each.reply is None else each.reply.code for each in results]
    return dict(zip(mail.recipients, codes, strict=True))


class Taken:
    """What a server took and refused: the code that it said about each recipient, and the content of each message."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self.contents: dict[str, bytes] = {}

    def write(self, truth: Truth) -> None:
        """Take a decision of a gateway of ours."""
        if truth.recipient and truth.fate != "cut":
            self.codes[truth.recipient] = truth.code

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802
        """Refuse recipients that say so, in a stock aiosmtpd."""
        code = next((code for word, code in _CODES.items() if word in address), 250)
        if code == 250:
            envelope.rcpt_tos.append(address)
        else:
            self.codes[address] = code
        return f"{code} as told"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, in a stock aiosmtpd."""
        self.contents[str(envelope.mail_from)] = envelope.original_content or b""
        self.codes.update(dict.fromkeys(envelope.rcpt_tos, 250))
        return "250 taken"


class _Keep:
    """A policy without an opinion that keeps the content of every message."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken

    def judge(self, view: Any) -> None:
        if view.content:
            self._taken.contents[view.envelope.return_path] = view.content


async def _gateway(taken: Taken) -> asyncio.Server:
    """Open a gateway of ours that does what recipients say."""
    tested = gateway(taken.write, lambda _: None)
    tested.ask_first("keep", lambda _: _Keep(taken))

    async def answer(_: object) -> Any:
        return UNANSWERED

    return await server.serve(tested, answer, address=HOST, tls=certificate.issuer([tested.host]))


async def _aiosmtpd(taken: Taken) -> asyncio.Server:
    """Open a stock aiosmtpd."""
    context = certificate.issuer([HELO])()
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: SMTP(taken, tls_context=context, hostname="mx.example"), HOST, 0)


PAIRS: Final[tuple[tuple[Send, Callable[[Taken], Awaitable[asyncio.Server]]], ...]] = (
    (by_smtplib, _gateway),
    (by_aiosmtplib, _gateway),
    (by_our_sender, _aiosmtpd),
)


def trusting() -> ssl.SSLContext:
    """Return a context that trusts every server."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True)
class Stock:
    """Programs of others against ours. What is heard was said; without cuts all is heard, and every message arrives."""

    name: str = "stock"
    weight: int = 1

    def cases(self, seed: str) -> Iterator[str]:
        """Yield seeds, without end."""
        return numbered(seed)

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        """Send some messages from one program to another."""
        del folder
        check_numbered(case)
        wrong = event_loop.run(_talk(random.Random(f"stock:{case}"), tried))
        tried.failures += (Failure(self.name, case, what) for what in wrong[:1])


async def _talk(rng: random.Random, tried: Tried) -> list[str]:
    """Return what went wrong."""
    wrong: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: wrong.append(f"not awaited: {told}"))
    proxy = Proxy(rng, rng.choice((0.0, 0.0, 0.3, 1.0)))
    send, serve = rng.choice(PAIRS)
    tls = rng.random() < 0.5
    taken = Taken()
    inner = await serve(taken)
    outer = await proxy.listen(HOST, inner.sockets[0].getsockname()[1])
    port = outer.sockets[0].getsockname()[1]
    for number in range(rng.randrange(1, _MOST)):
        mail = drawn_mail(rng, number)
        lost = proxy.lost_connections
        heard = await send(port, mail, tls=tls)
        tried.count("messages")
        wrong += _differences(mail, heard, taken, whole=proxy.lost_connections == lost)
    outer.close()
    inner.close()
    await _others_end()
    tried.count("connections", proxy.connections)
    tried.count("lost connections", proxy.lost_connections)
    return [f"{send.__name__}, tls {tls}: {each}" for each in wrong]


async def _others_end() -> None:
    """Wait until the tasks of servers and proxy have ended, however they do: the proxy cancels some itself."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        ended, _ = await asyncio.wait(others, timeout=PATIENCE_S)
        await asyncio.gather(*ended, return_exceptions=True)  # errors are heard, which else are told of later


def _differences(mail: Mail, heard: Heard, taken: Taken, *, whole: bool) -> Iterator[str]:
    if whole and heard != expected(mail):
        yield f"heard {heard} in place of {expected(mail)}"
    for recipient, code in heard.items():
        if code is not None and taken.codes.get(recipient) != code:
            yield f"heard {code} about {recipient}, and {taken.codes.get(recipient)} was said"
        if code == 250 and taken.contents.get(mail.return_path) != mail.content:
            yield f"of {mail.content!r} came {taken.contents.get(mail.return_path)!r}"
