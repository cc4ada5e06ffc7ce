"""The transport over sockets: aiosmtplib's protocol, with commands that are pipelined.

aiosmtplib waits for the reply to each command before it sends the next, and takes several replies that arrive together
for one. A gateway that offers PIPELINING answers MAIL, RCPT and DATA together (RFC 2920). So the protocol below reads
replies itself, and leaves STARTTLS and the end of the connection to aiosmtplib. aiosmtplib's client is not used: it
would find out again for every connection what is known here, such as host name, port and certificates.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import os
import socket
import ssl
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Final, cast
from weakref import WeakSet

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from fake_gateways.loopback import Network, require_inside
from fake_gateways.smtp.command import Command
from fake_gateways.smtp.reply import GarbageError, Reply, ReplyReader, from_wire
from probe.input_error import InputError
from probe.records.attempt import Failure
from probe.sender.transport import LineError, ReplyTimeout, keywords, no_reply, no_smtp
from probe.sender.transport.dot_stuffing import stuff
from probe.shortage import SHORT

Broke = Callable[[tuple[str, int], OSError], None]
"""Gets the own address and port of a connection that an error of the network has ended."""
Serves = Callable[[tuple[str, int]], bool]
"""Whether the server of a connection, named by the own address and port, has not begun to close it."""

REPLY_TIMEOUT_S: Final = 60.0
"""Real seconds to wait for a reply. RFC 5321 section 4.5.3.2 asks for minutes; these servers are all nearby."""
GOODBYE_S: Final = 5.0
"""Real seconds to wait for the reply to QUIT. Nothing depends on that reply (RFC 5321 section 4.1.1.10)."""
_BIND_WITHOUT_PORT: Final[int | None] = 24 if sys.platform == "linux" else None
"""IP_BIND_ADDRESS_NO_PORT (ip(7)): the kernel chooses the port when connecting instead of when binding.

A port then has to be free for that peer only. Python has no name for the option before 3.12."""
_ON_BIND: Final = "add the address to a network interface"
_ON_CONNECT: Final = "look whether sockets of 127.0.0.0/8 are blocked"
_GREETS: Final = 220
_COMPLETES: Final = 250
_NO_REPLY: Final = -1
"""aiosmtplib's code for what is no reply."""
_CLOSES: Final = 421
"""After this reply a server closes the connection (RFC 5321 section 3.8)."""


class TcpTransport:
    """Opens connections to one exchanger. ``deadline_s`` is how long any step may take, in real seconds.

    It is infinite in simulated time, where the server is one of ours in this process.
    """

    def __init__(
        self,
        address: str,
        port: int,
        *,
        allowed: Sequence[Network] = (),
        deadline_s: float = REPLY_TIMEOUT_S,
        reply_timeout: ReplyTimeout | None = None,
        broke: Broke = lambda *_: None,
        serves: Serves = lambda _: True,
    ) -> None:
        """Raise OutsideError for an address beyond loopback and ``allowed``, before any socket is opened."""
        require_inside(address, allowed)
        self._allowed = allowed
        self._sources: set[str] = set()
        self._clients: WeakSet[_Client] = WeakSet()
        self._broke = broke
        self._serves = serves
        self._address = address
        self._port = port
        self._family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
        self._deadline_s = deadline_s
        self._is_ours = math.isinf(deadline_s)
        self._reply_timeout = reply_timeout or ReplyTimeout(deadline_s)

    async def connect(self, source: str, helo: str) -> TcpLine:
        """Connect from a source address and read the greeting.

        Raises LineError, and OutsideError for the source. In simulated time, where the server is one of ours and
        listens, raises InputError, and OSError if this machine is short of something such as ports.
        """
        if source not in self._sources:
            require_inside(source, self._allowed)
            self._sources.add(source)
        sock = await self._socket(source)
        loop = asyncio.get_running_loop()
        client = _Client(loop, self._reply_timeout, self._broke, self._deadline_s)
        self._clients.add(client)
        try:
            await loop.create_connection(lambda: client, sock=sock)
        except OSError:  # the server has closed it already
            raise self._reply_timeout.reason() from None
        line = TcpLine(client, helo, self._serves)
        try:
            await line.begin()
        except LineError as error:
            error.local_port = line.local_port
            raise
        return line

    def has_open(self, local: tuple[str, int]) -> bool:
        """Whether the sender has a connection open from an address and port."""
        return any(client.is_open and client.local == local for client in self._clients)

    def close(self) -> None:
        """Close the connections that a sender left open because it was interrupted."""
        for client in tuple(self._clients):
            if client.transport is not None:
                cast("asyncio.Transport", client.transport).abort()

    async def _socket(self, source: str) -> socket.socket:
        """Bind a socket to the source address and connect it."""
        sock = socket.socket(self._family, socket.SOCK_STREAM)
        is_bound = False
        try:
            sock.setblocking(False)  # noqa: FBT003 - socket's own signature
            if _BIND_WITHOUT_PORT is not None:
                sock.setsockopt(socket.IPPROTO_IP, _BIND_WITHOUT_PORT, 1)
            sock.bind((source, 0))
            is_bound = True
            if not _connected_at_once(sock, (self._address, self._port)):
                async with asyncio.timeout(self._deadline_s):
                    await asyncio.get_running_loop().sock_connect(sock, (self._address, self._port))
        except OSError as error:
            sock.close()
            # Each event loop words the error differently, and the text is part of the books.
            told = os.strerror(error.errno or 0)
            if self._is_ours:
                if is_bound and error.errno in SHORT:
                    raise
                remedy = f"{_ON_CONNECT if is_bound else _ON_BIND}, or run it with --transport memory"
                raise InputError(f"{source} to {self._address}", f"cannot be connected ({told})", remedy) from None
            if isinstance(error, TimeoutError):
                raise LineError(Failure.TIMED_OUT, f"no connection within {self._deadline_s:g} s") from None
            raise LineError(Failure.UNREACHABLE, told) from None
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

    def __init__(self, client: _Client, helo: str, serves: Serves) -> None:
        self._serves = serves
        self._client = client
        self._helo = helo
        self._is_introduced = False
        self.tls = False
        self.keywords: frozenset[str] = frozenset()
        self.local_port = client.local[1]

    async def begin(self) -> None:
        """Wait for the greeting. Raises LineError; then the connection is closed."""
        try:
            self.greeting = _sensible(await self._client.greeting(), _GREETS)
        except LineError:
            await self._client.hang_up()
            raise

    @property
    def is_open(self) -> bool:
        """Whether the connection is open. A server of ours that closes it is known before the client hears of it."""
        return self._client.is_open and self._serves(self._client.local)

    async def hello(self) -> Reply:
        """Say EHLO."""
        octets = b"EHLO " + self._helo.encode("ascii") + b"\r\n"
        reply = _sensible(await self._client.talk(octets, 1, no_smtp()), _COMPLETES)
        if reply.code == _COMPLETES:
            self.keywords = keywords(reply.lines[1:])
            self._is_introduced = True
        return reply

    async def encrypt(self) -> Reply:
        """Say STARTTLS. Gateways use certificates of their own, so none is verified."""
        try:
            answer = await self._client.encrypt(_trusting())
        except aiosmtplib.SMTPTimeoutError:
            await self._client.hang_up()
            raise no_reply(self._client.deadline_s) from None
        except aiosmtplib.SMTPResponseException as refused:
            if refused.code == _NO_REPLY:
                raise no_smtp() from None
            return _sensible([from_wire(refused.code, refused.message.split("\n"))], _GREETS)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._client.tell_if_broken(error)
            await self._client.hang_up()
            raise self._client.reply_timeout.reason() from None
        self.tls = True
        return from_wire(answer.code, answer.message.split("\n"))

    async def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        """Send commands in one write and wait for the reply to each. Raises LineError."""
        octets = b"".join([command.octets + b"\r\n" for command in commands])
        return await self._client.talk(octets, len(commands))

    async def send(self, content: bytes) -> Reply:
        """Send content with dot-stuffing and wait for the reply to its end. Raises LineError."""
        return (await self._client.talk(stuff(content), 1))[0]

    async def close(self) -> None:
        """Say QUIT if the connection is still open, and close it."""
        if not (self._is_introduced and self.is_open):
            await self._client.hang_up()
            return
        with suppress(LineError):  # a server may close without a reply to QUIT
            await self._client.say_goodbye()
        self._client.close()


class _Client(SMTPProtocol):
    """Sends several commands in one write, and collects a reply to each.

    Without a deadline it goes on only when the server has noticed that it hung up. In simulated time the server writes
    that down by the lane's clock, which must not show another time by then.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, reply_timeout: ReplyTimeout, broke: Broke, deadline_s: float
    ) -> None:
        super().__init__(loop)
        self._broke = broke
        self.deadline_s = deadline_s
        self._waits = math.isinf(deadline_s)
        self._gone: asyncio.Future[None] | None = None
        self.reply_timeout = reply_timeout
        self._reader = ReplyReader()
        self._replies: list[Reply] = []
        self._expected = 1
        self._done: asyncio.Future[None] | None = None
        self._garbage: LineError | None = no_smtp()
        self._wire: asyncio.Transport
        self.local: tuple[str, int] = ("", 0)
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the greeting. What aiosmtplib needs in addition is made when it encrypts."""
        # uvloop's transports do not derive from asyncio's classes, so isinstance() does not work.
        self.transport = self._wire = cast("asyncio.Transport", transport)
        self.local = transport.get_extra_info("sockname")[:2]
        self._done = self._loop.create_future()
        self.is_open = True

    async def greeting(self) -> list[Reply]:
        """Return the greeting. Raises LineError."""
        return await self._heard(cast("asyncio.Future[None]", self._done))

    async def say_goodbye(self) -> None:
        """Say QUIT, after which there is nothing more to say. Raises LineError."""
        if not self._waits:
            self.deadline_s = min(GOODBYE_S, self.deadline_s)
        await self.talk(b"QUIT\r\n", 1)

    async def talk(self, octets: bytes, expected: int, if_garbage: LineError | None = None) -> list[Reply]:
        """Write, and return ``expected`` replies, fewer if the last is a 421. Raises LineError.

        ``if_garbage`` is raised if there is no reply but something else; by default the error says what came.
        """
        if not self.is_open:
            raise LineError(Failure.LINE_CUT, "the line was closed")
        self._replies = []
        self._expected = expected
        self._garbage = if_garbage
        done = self._done = self._loop.create_future()
        self._wire.write(octets)
        return await self._heard(done)

    async def _heard(self, done: asyncio.Future[None]) -> list[Reply]:
        deadline = None if self._waits else self._loop.call_later(self.deadline_s, self._time_out)
        try:
            await done
        except LineError:
            self._done = None
            await self.hang_up()
            raise
        finally:
            if deadline is not None:
                deadline.cancel()
            self._done = None
        return self._replies[: self._expected]  # a server may say more than it was asked

    async def encrypt(self, context: ssl.SSLContext) -> aiosmtplib.SMTPResponse:
        """Say STARTTLS and encrypt, as aiosmtplib does. Raises SMTPException, and OSError."""
        if not self.is_open:
            raise aiosmtplib.SMTPServerDisconnected("")
        super().connection_made(self._wire)
        answer = await self.start_tls(context, timeout=self.deadline_s)
        self._wire = cast("asyncio.Transport", self.transport)
        return answer

    def data_received(self, data: bytes) -> None:
        """Collect replies; ignore those without a command."""
        if not self.is_open:
            return  # a reply to a command that was sent together with the one whose reply was garbage
        if self._response_pending:
            super().data_received(data)  # the reply to STARTTLS
            return
        try:
            self._replies += self._reader.feed(data)
        except GarbageError as garbage:
            self._replies += garbage.replies
            self.fail(self._garbage or LineError(Failure.GARBAGE, str(garbage)))
            return
        if self._replies and self._replies[-1].code == _CLOSES:
            self.close()
            self._finish()
        elif len(self._replies) >= self._expected:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        """Mark the connection closed. Idempotent."""
        super().connection_lost(exc)
        self.tell_if_broken(exc)
        self.is_open = False
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)
        if self._done is not None:
            # Each event loop words the error differently, and the text is part of the books.
            self.fail(self.reply_timeout.reason())

    def tell_if_broken(self, error: Exception | None) -> None:
        """Tell if an error of the network ends the connection."""
        if self.is_open and isinstance(error, OSError):
            self._broke(self.local, error)

    async def hang_up(self) -> None:
        """Close the connection because there is nothing more to say, or nothing more to hear. Idempotent."""
        if not (self._waits and self.is_open) or self._wire.is_closing():  # as after a broken TLS handshake
            self.close()
            return
        self._gone = self._loop.create_future()
        if self._over_ssl:
            self.close()  # TLS asks for the other side's farewell by itself
        else:
            self.is_open = False
            self._wire.write_eof()  # the other side carries out what it has heard, and closes
        await self._gone

    def close(self) -> None:
        """Close the connection. Idempotent."""
        self.is_open = False
        self._wire.close()

    def _finish(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def _time_out(self) -> None:
        self.fail(no_reply(self.deadline_s))

    def fail(self, error: LineError) -> None:
        """Raise an error where replies are awaited, which then hangs up; if none are, close the connection."""
        if self._done is None or self._done.done():
            self.close()
            return
        error.replies = self._replies
        self._done.set_exception(error)


@cache
def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _sensible(replies: Sequence[Reply], expected: int) -> Reply:
    """Return the reply if it is as expected or a refusal. Any other code is garbage where a connection begins."""
    reply = replies[0]
    if reply.code != expected and reply.accepts:
        raise LineError(Failure.GARBAGE, f"{reply.code} where it makes no sense")
    return reply
