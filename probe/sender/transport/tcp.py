"""Speaks SMTP over sockets: aiosmtplib connects, reads the greeting and says EHLO; mail goes in pipelined runs.

aiosmtplib waits for the reply to each command before it sends the next and takes replies sent together for one
(a gateway answers MAIL, RCPT and DATA together where PIPELINING is offered, RFC 2920). So once it has introduced
us, the protocol below takes over its connection.
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

PATIENCE_S: Final = 60.0
"""Real seconds to wait for a reply. RFC 5321 4.5.3.2 asks for minutes on the open Internet; here nobody is far."""
GOODBYE_S: Final = 5.0
"""Real seconds to wait for the reply to QUIT, on which nothing depends any more (RFC 5321 4.1.1.10)."""
_PORT_LATER: Final[int | None] = 24 if sys.platform == "linux" else None
"""IP_BIND_ADDRESS_NO_PORT (ip(7)): choose the port when connecting, where one is free for each peer, not when binding.

Python has no name for it before 3.12."""
_CLOSES: Final = 421
"""After this reply a server hangs up (RFC 5321 3.8)."""


class Patience:
    """How long to wait for a reply. In virtual time no timer runs: who lets that time pass notes that it ``is_out``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_out = False

    def reason(self) -> LineError:
        """Return why a line was lost: because patience had run out, or because the other side closed it."""
        is_out, self.is_out = self.is_out, False
        return no_reply(self.seconds) if is_out else hung_up()


class TcpTransport:
    """The way to one exchanger over sockets. ``deadline_s`` is the longest real time that anything may take."""

    def __init__(
        self,
        address: str,
        port: int,
        *,
        allowed: Sequence[Network] = (),
        deadline_s: float = PATIENCE_S,
        patience: Patience | None = None,
    ) -> None:
        """Raise OutsideError for an exchanger that is not on this machine, before any socket is opened."""
        require_inside(address, allowed)
        self._allowed = allowed
        self._address = address
        self._port = port
        self._deadline_s = deadline_s
        self._patience = patience or Patience(deadline_s)

    async def connect(self, source: str, helo: str) -> TcpLine:
        """Connect from a source address, which must not lie outside either, and read the greeting."""
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
            return TcpLine(client, refusal, local_port, self._deadline_s, self._patience)
        except aiosmtplib.SMTPTimeoutError:
            raise no_reply(self._deadline_s) from None
        except aiosmtplib.SMTPResponseException as garbage:
            raise _garbage(garbage) from None
        except (aiosmtplib.SMTPException, OSError):
            raise self._patience.reason() from None
        return TcpLine(client, _heard(greeting.code, greeting.message), local_port, self._deadline_s, self._patience)

    async def _socket(self, source: str) -> socket.socket:
        """Bind a socket to the source address and connect it."""
        family = socket.AF_INET6 if ipaddress.ip_address(self._address).version == 6 else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)  # noqa: FBT003 - socket's own signature
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if _PORT_LATER is not None:
                sock.setsockopt(socket.IPPROTO_IP, _PORT_LATER, 1)
            sock.bind((source, 0))
            async with asyncio.timeout(self._deadline_s):
                await asyncio.get_running_loop().sock_connect(sock, (self._address, self._port))
        except TimeoutError:
            sock.close()
            raise LineError(Failure.TIMED_OUT, f"no connection within {self._deadline_s:g} s") from None
        except OSError as error:
            sock.close()
            # Event loops word it each in their own way, and what is heard goes into the books.
            raise LineError(Failure.UNREACHABLE, os.strerror(error.errno or 0)) from None
        return sock


class TcpLine:
    """One connection."""

    def __init__(
        self, client: aiosmtplib.SMTP, greeting: Reply, local_port: int, deadline_s: float, patience: Patience
    ) -> None:
        self._client = client
        self._deadline_s = deadline_s
        self._patience = patience
        self._run: _Run | None = None
        self._is_introduced = False
        self.greeting = greeting
        self.tls = False
        self.keywords: frozenset[str] = frozenset()
        self.local_port = local_port

    @property
    def is_open(self) -> bool:
        """Whether the connection still stands."""
        return self._run.is_open if self._run else self._client.is_connected

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
            raise self._patience.reason() from None
        self.keywords = frozenset(line.partition(" ")[0].upper() for line in answer.message.split("\n")[1:])
        self._is_introduced = True
        return _heard(answer.code, answer.message)

    async def encrypt(self) -> Reply:
        """Say STARTTLS. Nobody signs the certificates here, so none is checked."""
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
            raise self._patience.reason() from None
        self.tls = True
        return _heard(answer.code, answer.message)

    async def exchange(self, commands: Sequence[bytes]) -> list[Reply]:
        """Send commands in one write and wait for the reply to each."""
        return await self._talking().talk(b"\r\n".join(commands) + b"\r\n", len(commands))

    async def send(self, content: bytes) -> Reply:
        """Send content, its dots stuffed, and wait for the reply to the final one."""
        return (await self._talking().talk(stuff(content), 1))[0]

    def _talking(self) -> _Run:
        """Return the pipelining protocol, which takes the connection over once we are introduced."""
        if self._run is None:
            # Event loops do not derive their transports from asyncio's classes, so isinstance() cannot tell.
            transport = cast("asyncio.Transport | None", self._client.transport)
            if transport is None or not self._is_introduced:
                raise LineError(Failure.LINE_CUT, "the line was closed")
            self._run = _Run(transport, self._deadline_s, self._patience)
            transport.set_protocol(self._run)
        return self._run

    async def close(self) -> None:
        """Say QUIT if there is still somebody, and close."""
        if not self._is_introduced or not self.is_open:
            self._client.close()
            return
        with suppress(LineError, TimeoutError):  # whoever hangs up on QUIT has understood it
            async with asyncio.timeout(GOODBYE_S):
                await self._talking().talk(b"QUIT\r\n", 1)
        if self._run is not None:
            self._run.close()


class _Run(asyncio.Protocol):
    """Sends a run of commands in one write and collects as many replies."""

    def __init__(self, transport: asyncio.Transport, deadline_s: float, patience: Patience) -> None:
        self._transport = transport
        self._deadline_s = deadline_s
        self._patience = patience
        self._reader = ReplyReader()
        self._replies: list[Reply] = []
        self._due = 0
        self._done: asyncio.Future[None] | None = None
        self.is_open = True

    async def talk(self, octets: bytes, due: int) -> list[Reply]:
        """Write and return ``due`` replies, fewer where the last is a 421."""
        if not self.is_open:
            raise LineError(Failure.LINE_CUT, "the line was closed")
        loop = asyncio.get_running_loop()
        self._replies = []
        self._due = due
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
        """Take replies; what nobody asked for is not heard."""
        try:
            self._replies += self._reader.feed(data)
        except GarbageError as garbage:
            self._replies += garbage.replies
            self.fail(LineError(Failure.GARBAGE, str(garbage)))
            return
        if self._replies and self._replies[-1].code == _CLOSES:
            self.close()
            self._finish()
        elif len(self._replies) >= self._due:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server is gone."""
        del exc  # event loops word it each in their own way, and what is heard goes into the books
        self.is_open = False
        self.fail(self._patience.reason())

    def close(self) -> None:
        """Hang up."""
        self.is_open = False
        self._transport.close()

    def _finish(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def fail(self, error: LineError) -> None:
        """Hang up because of an error; whoever waits for replies hears of it."""
        if self._done is not None and not self._done.done():
            error.replies = self._replies
            self._done.set_exception(error)
        if self.is_open:
            self.close()


def _heard(code: int, message: str) -> Reply:
    return from_wire(code, message.split("\n"))


def _garbage(heard: aiosmtplib.SMTPResponseException) -> LineError:
    """Return what is noted of words that aiosmtplib could not read; a server that it lost says so as well."""
    return no_smtp() if heard.code == -1 else LineError(Failure.GARBAGE, f"{heard.code} where it makes no sense")


def _refusal(code: int, message: str) -> Reply:
    """Return a refusal of greeting or EHLO; any other code there is no SMTP, and aiosmtplib has hung up on it."""
    if not 400 <= code < 600:
        raise LineError(Failure.GARBAGE, f"{code} where it makes no sense")
    return _heard(code, message)
