"""The transport over sockets. aiosmtplib connects, reads the greeting and says EHLO; then commands are pipelined.

aiosmtplib waits for the reply to each command before it sends the next, and takes several replies that arrive together
for one. A gateway that offers PIPELINING answers MAIL, RCPT and DATA together (RFC 2920). So after EHLO the protocol
below takes the connection over from aiosmtplib.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, cast

import aiosmtplib

from fake_gateways.loopback import Network, require_inside
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
        self._address = address
        self._port = port
        self._deadline_s = deadline_s
        self._reply_timeout = reply_timeout or ReplyTimeout(deadline_s)

    async def connect(self, source: str, helo: str) -> TcpLine:
        """Connect from a source address and read the greeting. Raises LineError, and OutsideError for the source."""
        require_inside(source, self._allowed)
        sock = await self._socket(source)
        local_port = sock.getsockname()[1]
        client = aiosmtplib.SMTP(
            sock=sock,
            start_tls=False,
            timeout=self._deadline_s,
            local_hostname=helo,
        )
        try:
            greeting = await client.connect()
        except aiosmtplib.SMTPConnectResponseError as refused:
            refusal = _refusal(refused.code, refused.message)
            return TcpLine(client, refusal, local_port, self._deadline_s, self._reply_timeout)
        except aiosmtplib.SMTPTimeoutError:
            raise no_reply(self._deadline_s) from None
        except aiosmtplib.SMTPResponseException as garbage:
            raise _garbage(garbage) from None
        except (aiosmtplib.SMTPException, OSError):
            raise self._reply_timeout.reason() from None
        return TcpLine(
            client, _reply(greeting.code, greeting.message), local_port, self._deadline_s, self._reply_timeout
        )

    async def _socket(self, source: str) -> socket.socket:
        """Bind a socket to the source address and connect it."""
        family = socket.AF_INET6 if ipaddress.ip_address(self._address).version == 6 else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)  # noqa: FBT003 - socket's own signature
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if _BIND_WITHOUT_PORT is not None:
                sock.setsockopt(socket.IPPROTO_IP, _BIND_WITHOUT_PORT, 1)
            sock.bind((source, 0))
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


class TcpLine:
    """One connection."""

    def __init__(
        self, client: aiosmtplib.SMTP, greeting: Reply, local_port: int, deadline_s: float, reply_timeout: ReplyTimeout
    ) -> None:
        self._client = client
        self._deadline_s = deadline_s
        self._reply_timeout = reply_timeout
        self._pipelined: _Pipeline | None = None
        self._is_introduced = False
        self.greeting = greeting
        self.tls = False
        self.keywords: frozenset[str] = frozenset()
        self.local_port = local_port

    @property
    def is_open(self) -> bool:
        """Whether the connection is open."""
        return self._pipelined.is_open if self._pipelined else self._client.is_connected

    async def hello(self) -> Reply:
        """Say EHLO."""
        try:
            answer = await self._client.ehlo()
        except aiosmtplib.SMTPHeloError as refused:
            return _refusal(refused.code, refused.message)
        except aiosmtplib.SMTPTimeoutError:
            raise no_reply(self._deadline_s) from None
        except aiosmtplib.SMTPResponseException as garbage:
            raise _garbage(garbage) from None
        except (aiosmtplib.SMTPException, OSError):
            raise self._reply_timeout.reason() from None
        self.keywords = frozenset(line.partition(" ")[0].upper() for line in answer.message.split("\n")[1:])
        self._is_introduced = True
        return _reply(answer.code, answer.message)

    async def encrypt(self) -> Reply:
        """Say STARTTLS. Gateways use certificates of their own, so none is verified."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            answer = await self._client.starttls(tls_context=context)
        except aiosmtplib.SMTPTimeoutError:
            raise no_reply(self._deadline_s) from None
        except aiosmtplib.SMTPResponseException as refused:
            if refused.code == -1:
                raise no_smtp() from None
            return _refusal(refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError):
            raise self._reply_timeout.reason() from None
        self.tls = True
        return _reply(answer.code, answer.message)

    async def exchange(self, commands: Sequence[bytes]) -> list[Reply]:
        """Send commands in one write and wait for the reply to each. Raises LineError."""
        return await self._pipeline().talk(b"\r\n".join(commands) + b"\r\n", len(commands))

    async def send(self, content: bytes) -> Reply:
        """Send content with dot-stuffing and wait for the reply to its end. Raises LineError."""
        return (await self._pipeline().talk(stuff(content), 1))[0]

    def _pipeline(self) -> _Pipeline:
        """Return the pipelining protocol. On first use, after EHLO, it takes the connection over."""
        if self._pipelined is None:
            # uvloop's transports do not derive from asyncio's classes, so isinstance() does not work.
            transport = cast("asyncio.Transport | None", self._client.transport)
            if transport is None or not self._is_introduced:
                raise LineError(Failure.LINE_CUT, "the line was closed")
            self._pipelined = _Pipeline(transport, self._deadline_s, self._reply_timeout)
            transport.set_protocol(self._pipelined)
        return self._pipelined

    async def close(self) -> None:
        """Say QUIT if the connection is still open, and close it."""
        if not self._is_introduced or not self.is_open:
            self._client.close()
            return
        with suppress(LineError, TimeoutError):  # a server may close without a reply to QUIT
            async with asyncio.timeout(GOODBYE_S):
                await self._pipeline().talk(b"QUIT\r\n", 1)
        if self._pipelined is not None:
            self._pipelined.close()


class _Pipeline(asyncio.Protocol):
    """Sends several commands in one write, and collects a reply to each."""

    def __init__(self, transport: asyncio.Transport, deadline_s: float, reply_timeout: ReplyTimeout) -> None:
        self._transport = transport
        self._deadline_s = deadline_s
        self._reply_timeout = reply_timeout
        self._reader = ReplyReader()
        self._replies: list[Reply] = []
        self._expected = 0
        self._done: asyncio.Future[None] | None = None
        self.is_open = True

    async def talk(self, octets: bytes, expected: int) -> list[Reply]:
        """Write, and return ``expected`` replies, fewer if the last is a 421. Raises LineError."""
        if not self.is_open:
            raise LineError(Failure.LINE_CUT, "the line was closed")
        loop = asyncio.get_running_loop()
        self._replies = []
        self._expected = expected
        self._done = loop.create_future()
        deadline = loop.call_later(self._deadline_s, self.fail, no_reply(self._deadline_s))
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

    def fail(self, error: LineError) -> None:
        """Close the connection because of an error, and raise it where replies are awaited."""
        if self._done is not None and not self._done.done():
            error.replies = self._replies
            self._done.set_exception(error)
        if self.is_open:
            self.close()


def _reply(code: int, message: str) -> Reply:
    return from_wire(code, message.split("\n"))


def _garbage(raised: aiosmtplib.SMTPResponseException) -> LineError:
    """Return the error for a reply that aiosmtplib could not read. It raises code -1 for a lost connection too."""
    return no_smtp() if raised.code == -1 else LineError(Failure.GARBAGE, f"{raised.code} where it makes no sense")


def _refusal(code: int, message: str) -> Reply:
    """Return a refusal of the connection or of EHLO. Any other code is garbage; aiosmtplib has closed on it."""
    if not 400 <= code < 600:
        raise LineError(Failure.GARBAGE, f"{code} where it makes no sense")
    return _reply(code, message)
