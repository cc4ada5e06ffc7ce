"""The transport over sockets. aiosmtplib reads the greeting, says EHLO and encrypts; then commands are pipelined.

aiosmtplib waits for the reply to each command before it sends the next, and takes several replies that arrive together
for one. A gateway that offers PIPELINING answers MAIL, RCPT and DATA together (RFC 2920). So after EHLO the protocol
below takes the connection over from aiosmtplib. Of aiosmtplib it is the protocol that is used: its client would find
out again for every connection what is known here, such as host name, port and certificates.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
import sys
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from typing import Final, cast

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from fake_gateways.loopback import Network, require_inside
from fake_gateways.smtp.command import Command
from fake_gateways.smtp.reply import GarbageError, Reply, ReplyReader, from_wire
from probe.records.attempt import Failure
from probe.sender.transport import LineError, hung_up, no_reply, no_smtp
from probe.sender.transport.dot_stuffing import stuff

REPLY_TIMEOUT_S: Final = 60.0
"""Real seconds to wait for a reply. RFC 5321 section 4.5.3.2 asks for minutes; these servers are all nearby."""
GOODBYE_S: Final = 5.0
"""Real seconds to wait for the reply to QUIT. Nothing depends on that reply (RFC 5321 section 4.1.1.10)."""
_BIND_WITHOUT_PORT: Final[int | None] = 24 if sys.platform == "linux" else None
"""IP_BIND_ADDRESS_NO_PORT (ip(7)): the kernel chooses the port when connecting instead of when binding.

A port then has to be free for that peer only. Python has no name for the option before 3.12."""
_GREETS: Final = 220
_COMPLETES: Final = 250
_NO_REPLY: Final = -1
"""aiosmtplib's code for what is no reply."""
_CLOSES: Final = 421
"""After this reply a server closes the connection (RFC 5321 section 3.8)."""


class ReplyTimeout:
    """How long to wait for a reply, in seconds. In simulated time no timer runs; the lane's clock sets ``is_out``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_out = False

    def reason(self) -> LineError:
        """Return why a connection was lost: the timeout had passed, or the other side closed it."""
        is_out, self.is_out = self.is_out, False
        return no_reply(self.seconds) if is_out else hung_up()


class TcpTransport:
    """Opens connections to one exchanger. ``deadline_s`` is how long any step may take, in real seconds."""

    def __init__(
        self,
        address: str,
        port: int,
        *,
        allowed: Sequence[Network] = (),
        deadline_s: float = REPLY_TIMEOUT_S,
        reply_timeout: ReplyTimeout | None = None,
    ) -> None:
        """Raise OutsideError for an address beyond loopback and ``allowed``, before any socket is opened."""
        require_inside(address, allowed)
        self._allowed = allowed
        self._sources: set[str] = set()
        self._address = address
        self._port = port
        self._family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
        self._deadline_s = deadline_s
        self._reply_timeout = reply_timeout or ReplyTimeout(deadline_s)

    async def connect(self, source: str, helo: str) -> TcpLine:
        """Connect from a source address and read the greeting. Raises LineError, and OutsideError for the source."""
        if source not in self._sources:
            require_inside(source, self._allowed)
            self._sources.add(source)
        sock = await self._socket(source)
        local_port = sock.getsockname()[1]
        loop = asyncio.get_running_loop()
        try:
            _, client = await loop.create_connection(lambda: SMTPProtocol(loop), sock=sock)
        except OSError:  # the server has closed it already
            raise self._reply_timeout.reason() from None
        line = TcpLine(client, helo, local_port, self._deadline_s, self._reply_timeout)
        await line.begin()
        return line

    async def _socket(self, source: str) -> socket.socket:
        """Bind a socket to the source address and connect it."""
        sock = socket.socket(self._family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)  # noqa: FBT003 - socket's own signature
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if _BIND_WITHOUT_PORT is not None:
                sock.setsockopt(socket.IPPROTO_IP, _BIND_WITHOUT_PORT, 1)
            sock.bind((source, 0))
            if not _connected_at_once(sock, (self._address, self._port)):
                async with asyncio.timeout(self._deadline_s):
                    await asyncio.get_running_loop().sock_connect(sock, (self._address, self._port))
        except TimeoutError:
            sock.close()
            raise LineError(Failure.TIMED_OUT, f"no connection within {self._deadline_s:g} s") from None
        except OSError as error:
            sock.close()
            # Each event loop words the error differently, and the text is part of the books.
            raise LineError(Failure.UNREACHABLE, os.strerror(error.errno or 0)) from None
        return sock


def _connected_at_once(sock: socket.socket, address: tuple[str, int]) -> bool:
    """Begin to connect; return whether that is done, as it is on loopback. Raises OSError."""
    if sock.connect_ex(address) == 0:
        return True
    try:
        sock.getpeername()
    except OSError:
        return False  # not yet, or not at all: the event loop waits for it, and tells why
    return True


class TcpLine:
    """One connection."""

    greeting: Reply

    def __init__(
        self, client: SMTPProtocol, helo: str, local_port: int, deadline_s: float, reply_timeout: ReplyTimeout
    ) -> None:
        self._client = client
        self._helo = helo
        self._deadline_s = deadline_s
        self._reply_timeout = reply_timeout
        self._pipelined: _Pipeline | None = None
        self._is_introduced = False
        self.tls = False
        self.keywords: frozenset[str] = frozenset()
        self.local_port = local_port

    async def begin(self) -> None:
        """Wait for the greeting. The connection is closed if it is a refusal. Raises LineError."""
        try:
            answer = await self._heard(self._client.read_response(self._deadline_s))
            if answer.code == _GREETS:
                self.greeting = _reply(answer.code, answer.message)
                return
            self.greeting = _refusal(answer.code, answer.message)
        except LineError:
            self._hang_up()
            raise
        self._hang_up()

    @property
    def is_open(self) -> bool:
        """Whether the connection is open."""
        return self._pipelined.is_open if self._pipelined else self._client.is_connected

    async def hello(self) -> Reply:
        """Say EHLO."""
        hello = self._client.execute_command(b"EHLO", self._helo.encode("ascii"), timeout=self._deadline_s)
        answer = await self._heard(hello)
        if answer.code != _COMPLETES:
            if answer.code == _CLOSES:
                self._hang_up()
            return _refusal(answer.code, answer.message)
        self.keywords = _keywords(answer.message)
        self._is_introduced = True
        return _reply(answer.code, answer.message)

    async def encrypt(self) -> Reply:
        """Say STARTTLS. Gateways use certificates of their own, so none is verified."""
        try:
            answer = await self._heard(self._client.start_tls(_trusting(), timeout=self._deadline_s))
        except aiosmtplib.SMTPResponseException as refused:
            return _refusal(refused.code, refused.message)
        self.tls = True
        return _reply(answer.code, answer.message)

    async def _heard(self, answer: Awaitable[aiosmtplib.SMTPResponse]) -> aiosmtplib.SMTPResponse:
        """Return a reply that aiosmtplib waits for. Raises LineError, and SMTPResponseException for a refusal."""
        try:
            return await answer
        except aiosmtplib.SMTPTimeoutError:
            self._hang_up()
            raise no_reply(self._deadline_s) from None
        except aiosmtplib.SMTPResponseException as garbage:
            if garbage.code == _NO_REPLY:
                raise no_smtp() from None
            raise
        except (aiosmtplib.SMTPException, OSError):
            self._hang_up()
            raise self._reply_timeout.reason() from None

    def _hang_up(self) -> None:
        if self._client.transport is not None:
            self._client.transport.close()

    async def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        """Send commands in one write and wait for the reply to each. Raises LineError."""
        octets = b"".join(command.octets + b"\r\n" for command in commands)
        return await self._pipeline().talk(octets, len(commands), deadline_s=self._deadline_s)

    async def send(self, content: bytes) -> Reply:
        """Send content with dot-stuffing and wait for the reply to its end. Raises LineError."""
        return (await self._pipeline().talk(stuff(content), 1, deadline_s=self._deadline_s))[0]

    def _pipeline(self) -> _Pipeline:
        """Return the pipelining protocol. On first use, after EHLO, it takes the connection over."""
        if self._pipelined is None:
            # uvloop's transports do not derive from asyncio's classes, so isinstance() does not work.
            transport = cast("asyncio.Transport | None", self._client.transport)
            if transport is None or not self._is_introduced:
                raise LineError(Failure.LINE_CUT, "the line was closed")
            self._pipelined = _Pipeline(transport, self._reply_timeout)
            transport.set_protocol(self._pipelined)
        return self._pipelined

    async def close(self) -> None:
        """Say QUIT if the connection is still open, and close it."""
        if not self._is_introduced or not self.is_open:
            self._hang_up()
            return
        with suppress(LineError):  # a server may close without a reply to QUIT
            await self._pipeline().talk(b"QUIT\r\n", 1, deadline_s=min(GOODBYE_S, self._deadline_s))
        if self._pipelined is not None:
            self._pipelined.close()


class _Pipeline(asyncio.Protocol):
    """Sends several commands in one write, and collects a reply to each."""

    def __init__(self, transport: asyncio.Transport, reply_timeout: ReplyTimeout) -> None:
        self._transport = transport
        self._reply_timeout = reply_timeout
        self._reader = ReplyReader()
        self._replies: list[Reply] = []
        self._expected = 0
        self._done: asyncio.Future[None] | None = None
        self.is_open = True

    async def talk(self, octets: bytes, expected: int, *, deadline_s: float) -> list[Reply]:
        """Write, and return ``expected`` replies, fewer if the last is a 421. Raises LineError."""
        if not self.is_open:
            raise LineError(Failure.LINE_CUT, "the line was closed")
        loop = asyncio.get_running_loop()
        self._replies = []
        self._expected = expected
        self._done = loop.create_future()
        deadline = loop.call_later(deadline_s, self._time_out, deadline_s)
        self._transport.write(octets)
        try:
            await self._done
        finally:
            deadline.cancel()
            self._done = None
        return self._replies

    def data_received(self, data: bytes) -> None:
        """Collect replies; ignore those without a command."""
        try:
            self._replies += self._reader.feed(data)
        except GarbageError as garbage:
            self._replies += garbage.replies
            self.fail(LineError(Failure.GARBAGE, str(garbage)))
            return
        if self._replies and self._replies[-1].code == _CLOSES:
            self.close()
            self._finish()
        elif len(self._replies) >= self._expected:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        """Mark the connection closed. Idempotent."""
        del exc  # each event loop words it differently, and the text is part of the books
        self.is_open = False
        self.fail(self._reply_timeout.reason())

    def close(self) -> None:
        """Close the connection."""
        self.is_open = False
        self._transport.close()

    def _finish(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def _time_out(self, deadline_s: float) -> None:
        self.fail(no_reply(deadline_s))

    def fail(self, error: LineError) -> None:
        """Close the connection because of an error, and raise it where replies are awaited."""
        if self._done is not None and not self._done.done():
            error.replies = self._replies
            self._done.set_exception(error)
        if self.is_open:
            self.close()


@cache
def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@lru_cache(maxsize=1024)  # a server greets all connections alike
def _reply(code: int, message: str) -> Reply:
    return from_wire(code, message.split("\n"))


@lru_cache(maxsize=1024)
def _keywords(message: str) -> frozenset[str]:
    return frozenset(line.partition(" ")[0].upper() for line in message.split("\n")[1:])


def _refusal(code: int, message: str) -> Reply:
    """Return a refusal of the connection or of EHLO. Any other code is garbage; aiosmtplib has closed on it."""
    if not 400 <= code < 600:
        raise LineError(Failure.GARBAGE, f"{code} where it makes no sense")
    return _reply(code, message)
