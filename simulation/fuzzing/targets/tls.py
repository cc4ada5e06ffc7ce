"""STARTTLS: what a client says encrypted, what it injects in the clear, and handshakes that are broken off."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from fake_gateways import certificate
from fake_gateways.server import Carrier
from fake_gateways.session import open_session
from fake_gateways.smtp.framing import Framing
from simulation.fuzzing.smtp_grammar import Choices, dialogues
from simulation.fuzzing.smtp_ways import (
    Books,
    Carried,
    Different,
    Heard,
    Setting,
    Wire,
    answer,
    answers,
    compare,
    in_pieces,
    octets_of,
    until,
)
from simulation.fuzzing.target import Target

_CARRIED: Final = Carried()
_STARTTLS: Final = b"STARTTLS\r\n"
_INJECTED: Final = (b"", b"NOOP\r\n", b"MAIL FROM:<>\r\n", b"\x16\x03\x01", b"EHLO a.example\r\nMAIL FROM:<>\r\n")
_QUIET_TURNS: Final = 20
_tls = certificate.issuer(["mx.northwind.example"])


def run(data: bytes) -> int:
    """Encrypt, then say a dialogue; or damage the handshake. The first octets choose how. Raises Different.

    Return how many lines and messages were answered.
    """
    choices = Choices(data[:8].ljust(8, b"\0"))
    setting = Setting(wants_tls=choices.octet() % 2 == 1)
    injected, damage = choices.of(_INJECTED), choices.octet()
    said = dialogues(Choices(data[8:]))[0]
    if damage % 4 == 1:
        _CARRIED.until_done(_break_off(Books(setting), injected, damage // 4, choices))
        return 1
    wanted, number = _straight(setting, said)
    books = Books(setting)
    heard = _CARRIED.until_done(_encrypted(books, setting, injected, in_pieces(said, data[4:8])))
    compare(wanted, books.heard([heard]), "straight and over TLS")
    return number


def _straight(setting: Setting, said: bytes) -> tuple[Heard, int]:
    """Let a session answer as if the connection were encrypted."""
    books = Books(setting)
    session, framing = open_session(books.gateway, setting.address, 40_000), Framing(books.gateway.size_limit)
    heard = [octets_of(session.greet()), octets_of(session.command(_STARTTLS.rstrip()))]
    session.secured()
    framing.feed(said)
    heard += answers(session, framing)
    session.lost()
    return books.heard(heard), len(heard) - 1


class _Line(Wire):
    """A transport whose protocol TLS may replace."""

    _start_tls_compatible = True

    def __init__(self, address: str, protocol: asyncio.BaseProtocol) -> None:
        super().__init__(address)
        self._protocol = protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Deliver to another protocol from now on."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol that is delivered to."""
        return self._protocol

    def _force_close(self, _: BaseException | None) -> None:
        self.close()

    async def deliver(self, octets: bytes) -> None:
        """Deliver, unless the server has closed."""
        await until(lambda: not (self.is_paused and self.is_open))
        while octets and self.is_open:
            if isinstance(self._protocol, asyncio.BufferedProtocol):
                room = memoryview(self._protocol.get_buffer(len(octets)))
                number = min(len(room), len(octets))
                room[:number] = octets[:number]
                self._protocol.buffer_updated(number)
                octets = octets[number:]
            elif isinstance(self._protocol, asyncio.Protocol):
                self._protocol.data_received(octets)
                return

    async def all_said(self) -> bytes:
        """Wait until the server says no more, and return what it said since."""
        said, quiet = b"", 0

        def is_quiet() -> bool:
            nonlocal said, quiet
            quiet = 0 if self.written or len(asyncio.all_tasks()) > 1 else quiet + 1
            said += b"".join(self.written)
            self.written.clear()
            return quiet > _QUIET_TURNS

        await until(is_quiet)
        return said


async def _break_off(books: Books, injected: bytes, damage: int, choices: Choices) -> None:
    """Damage what the client says in its handshake, then leave; nothing may be left of the connection."""
    faults: list[Exception] = []
    line = await _begun(books, Setting(), injected, faults)
    client, arriving, leaving = _client()
    for place in range(3):
        with suppress(ssl.SSLError):
            client.do_handshake()
        octets = bytearray(leaving.read())
        if octets and damage % 3 == place:
            octets[choices.octet() * 7 % len(octets)] ^= 1 + choices.octet() % 255
            del octets[len(octets) - choices.octet() % 40 :]
        await line.deliver(bytes(octets))
        for _ in range(_QUIET_TURNS):
            await asyncio.sleep(0)
        arriving.write(b"".join(line.written))
        line.written.clear()
    await _lose(line)
    books.heard([])
    if faults:
        raise faults[0]


async def _encrypted(books: Books, setting: Setting, injected: bytes, pieces: Sequence[bytes]) -> bytes:
    """Let a carrier answer over TLS; return all that it says, decrypted."""
    faults: list[Exception] = []
    line = await _begun(books, setting, injected, faults)
    heard = [b"".join(line.written)]
    line.written.clear()
    client, arriving, leaving = _client()
    while True:
        try:
            client.do_handshake()
            break
        except ssl.SSLWantReadError:
            await line.deliver(leaving.read())
            await until(lambda: bool(line.written))
            arriving.write(b"".join(line.written))
            line.written.clear()
    await line.deliver(leaving.read())
    for piece in pieces:
        client.write(piece)
        await line.deliver(leaving.read())
    arriving.write(await line.all_said())
    with suppress(ssl.SSLWantReadError, ssl.SSLZeroReturnError):
        while octets := client.read(65_536):
            heard.append(octets)
    await _lose(line)
    if faults:
        raise faults[0]
    return b"".join(heard)


async def _begun(books: Books, setting: Setting, injected: bytes, faults: list[Exception]) -> _Line:
    carrier = Carrier(books.gateway, answer, tls=_tls, failed=faults.append)
    line = _Line(setting.address, carrier)
    carrier.connection_made(line)
    await line.deliver(_STARTTLS + injected)
    await until(lambda: line.get_protocol() is not carrier)
    for _ in range(3):
        await asyncio.sleep(0)  # the handshake begins
    return line


async def _lose(line: _Line) -> None:
    """Lose the connection, and wait until nothing of it is left."""
    line.close()
    line.get_protocol().connection_lost(ConnectionResetError())
    await until(lambda: len(asyncio.all_tasks()) == 1)
    for _ in range(3):
        await asyncio.sleep(0)
    deadlines = [each for each in asyncio.get_running_loop()._scheduled if not each.cancelled()]  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio shows them nowhere else
    if deadlines:
        raise Different(f"deadlines are left: {deadlines}")


def _client() -> tuple[ssl.SSLObject, ssl.MemoryBIO, ssl.MemoryBIO]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    arriving, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
    return context.wrap_bio(arriving, leaving), arriving, leaving


TARGETS: Final = (Target("tls", run, corpus="smtp-dialogues", longest=400, batch=200),)
