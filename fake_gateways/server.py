"""Carries sessions over sockets with aiosmtpd; the only file here that imports it.

aiosmtpd owns what a connection has in common with others: its settings, its idle timer, the PROXY header. It pushes a
220 before any hook, parses commands in its own words, and reads by a task and two streams for each connection, while
a persona greets, refuses and complains in its vendor's words, and nearly all it does needs no waiting. So methods of
its SMTP class are replaced: ``connection_made`` and ``connection_lost``, which begin and end without task and streams,
and ``data_received``, which answers at once (a run of pipelined commands gets its replies in one write). A task is made
only for what has to wait. What aiosmtpd keeps of a connection must not refer back to it: then the connection is freed
when it ends, and the garbage collector has nothing to search for. The version is pinned for their sake.
"""

from __future__ import annotations

import asyncio
import logging
import math
import ssl
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final, cast

from aiosmtpd.proxy_protocol import get_proxy
from aiosmtpd.smtp import SMTP

from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network, require_inside
from fake_gateways.needs import GivenUpError
from fake_gateways.session import Answered, Dialogue, Session, open_session
from fake_gateways.session.lmtp import open_lmtp_session
from fake_gateways.smtp.framing import BareLineFeedError, ContentTooLargeError, Framing, LineTooLongError
from fake_gateways.smtp.reply import Reply
from fake_gateways.smtp.standard_replies import BARE_LINE_FEED, LOCAL_ERROR, TIMED_OUT
from fake_gateways.start_server import started
from fake_gateways.verdict import Answer, ExternalQuery, Wait

AnswerQuery = Callable[[ExternalQuery], Awaitable[Answer]]
TlsContext = Callable[[], ssl.SSLContext]
Chore = Callable[[], Awaitable[None]]
Failed = Callable[[Exception], None]

MAX_AHEAD: Final = 1024 * 1024
"""Octets that a client may send before it gets an answer."""
MAX_AT_ONCE: Final = 20
"""Commands of one client that are answered before other clients have their turn."""
MAX_TOGETHER: Final = 1024
"""Replies that are sent together: those to a transaction of 1,000 recipients (RFC 5321 section 4.5.3.1.8), and more."""
MAX_UNREAD: Final = 4 * 1024 * 1024
"""Octets of replies a client may leave unread."""
IDLE_S: Final = 300.0
"""RFC 5321 section 4.5.3.2.7: a server waits five minutes for the next command."""
HANDSHAKE_S: Final = 30.0


# aiosmtpd logs every bad PROXY header, and clients must not fill standard error. Who sets up logging still gets it.
logging.getLogger("mail").addHandler(logging.NullHandler())


class Carrier(SMTP):
    """One connection. With ``proxied`` it begins with the PROXY header of a proxy.

    ``idle_s`` is how long a client may be silent, in real seconds. If it is infinite, so is that for a TLS handshake.
    ``failed`` hears of faults of ours; without it, the loop's exception handler does. ``prepared`` is
    what aiosmtpd prepares for every connection of a server in the same way, which takes it 6 us and more.
    """

    def __init__(
        self,
        gateway: Gateway,
        answer_query: AnswerQuery,
        idle_s: float = IDLE_S,
        tls: TlsContext | None = None,
        *,
        proxied: bool = False,
        failed: Failed | None = None,
        prepared: Mapping[str, Any] | None = None,
    ) -> None:
        if prepared is None:
            super().__init__(None, hostname=gateway.host, timeout=idle_s, loop=asyncio.get_running_loop())
            self._client_connected_cb = None  # a method of this, for a task and streams that are not made
            self.prepared: Mapping[str, Any] = vars(self).copy()
        else:
            vars(self).update(prepared)
        self._gateway = gateway
        self._answer_query = answer_query
        self._tls = tls
        self._failed = failed
        self._framing = Framing(gateway.size_limit)
        self._dialogue: Session
        self._line: asyncio.Transport
        self._is_waiting = False
        self._is_hanging = False
        self._is_in_line = False
        self._is_proxied = proxied
        self._is_greeted = False
        self._is_secure = False
        self._said: list[bytes] = []
        self._heard_at = 0.0
        self._has_said_all = False

    def __dir__(self) -> tuple[str, ...]:
        """Hide all attributes: aiosmtpd searches them for commands and AUTH mechanisms, which the session knows."""
        return ()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Set the idle timer, if a client may not be silent for ever."""
        if not math.isinf(self._timeout_duration):
            super()._reset_timeout(duration)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open a session and greet."""
        # Event loops do not derive their transports from asyncio's classes, so isinstance() does not help.
        self.transport = self._line = cast("asyncio.Transport", transport)
        self._heard_at = self.loop.time()
        self._reset_timeout()
        peer_address, peer_port = transport.get_extra_info("peername")[:2]
        begin = open_lmtp_session if self._gateway.lmtp else open_session
        self._dialogue = begin(self._gateway, peer_address, peer_port)
        if transport.get_extra_info("sslcontext") is not None:
            self._is_secure = True
            self._dialogue.encrypted()
        if not self._is_proxied:
            self._greet()
        self._answer()

    def _greet(self) -> None:
        try:
            self._say(self._dialogue.greet())
        except Exception as error:  # noqa: BLE001 - as in _answer()
            self._apologize(error)
        self._is_greeted = not self._is_waiting

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the session that the connection is closed. Idempotent: a failed TLS handshake may tell of it too."""
        del error
        if self.transport is None:
            return
        self.transport = None
        self._dialogue.lost()
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    def eof_received(self) -> bool:
        """Close after the client has closed its side, but only once its commands are answered."""
        self._has_said_all = True
        if not self._is_secure and (self._is_in_line or (self._is_waiting and not self._is_hanging)):
            return True
        # TLS cannot be kept open in one direction only.
        while self._is_in_line:
            self._take_turn()
        self._dialogue.lost()  # before the client hears of it
        return False

    def data_received(self, data: bytes) -> None:
        """Answer what arrived, up to the first query that needs time."""
        self._heard_at = self.loop.time()
        self._framing.feed(data)
        if self._is_waiting:
            if not (self._is_greeted or self._is_proxied):
                self._dialogue.talked_early()
            if self._framing.pending > MAX_AHEAD:
                self._drop()
        if not self._is_in_line:
            self._answer()

    def _line_up(self) -> None:
        """Let other clients have their turn before more of this one's commands are answered, or more are read."""
        self._is_in_line = True
        self._line.pause_reading()
        self.loop.call_soon(self._take_turn)

    def _take_turn(self) -> None:
        if self._is_in_line:
            self._is_in_line = False
            self._line.resume_reading()
            self._answer()

    def _wait_for(self, chore: Chore) -> None:
        """Do what takes time: external queries, TLS handshake, PROXY header; then continue."""
        self._is_waiting = True
        self._handler_coroutine = self.loop.create_task(self._do(chore))

    async def _do(self, chore: Chore) -> None:
        # The end of the connection cancels this. Were the error kept in the task, it would refer back to all of this.
        with suppress(asyncio.CancelledError):
            try:
                await chore()
            except Exception as error:  # noqa: BLE001 - as in _answer()
                self._apologize(error)
            self._is_waiting = False
            self._answer()

    async def _fetch(self, dialogue: Dialogue, query: ExternalQuery) -> None:
        unmet: ExternalQuery | None = query
        try:
            while unmet is not None:
                self._is_hanging = isinstance(unmet, Wait) and math.isinf(unmet.seconds)
                if isinstance(unmet, Wait):
                    self._send()
                unmet = self._advance(dialogue, await self._answer_query(unmet))
        except GivenUpError:
            self._drop()
        self._is_greeted = True

    async def _encrypt(self) -> None:
        """Negotiate TLS. What the client sent in the clear after STARTTLS is dropped."""
        self._framing.discard()
        try:
            context = cast("TlsContext", self._tls)()
            secured = await self.loop.start_tls(
                self._line,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=math.inf if math.isinf(self._timeout_duration) else HANDSHAKE_S,
            )
        except (OSError, ssl.SSLError) as error:
            self._drop()
            # The event loop does not tell of a connection that is lost during the handshake.
            self.connection_lost(error)
            return
        self.transport = self._line = cast("asyncio.Transport", secured)
        self._is_secure = True
        self._dialogue.secured()

    async def _hear_proxy(self, header: bytes) -> None:
        """Take the client's address from the PROXY header. Without a valid header the connection is closed."""
        reader = asyncio.StreamReader()
        reader.feed_data(header)
        reader.feed_eof()
        proxy = None
        with suppress(EOFError):  # less than five octets
            proxy = await get_proxy(reader)
        self._is_proxied = False
        if proxy is None or not proxy.valid:
            self._drop()
            return
        # A proxy's own health check names no client, and a client on a Unix socket has no address.
        if isinstance(proxy.src_addr, IPv4Address | IPv6Address):
            self._dialogue.present(str(proxy.src_addr))
        self._greet()

    def _answer(self) -> None:
        """Take what has arrived command by command, and send all replies in one write."""
        session, framing = self._dialogue, self._framing
        answered_now = 0
        while not (self._is_waiting or session.closing):
            if answered_now == MAX_AT_ONCE:
                self._line_up()
                break
            answered_now += 1
            if self._is_proxied:
                header = framing.proxy_header()
                if header is not None:
                    self._wait_for(partial(self._hear_proxy, header))
                break
            try:
                answered = self._next()
                if answered is None:
                    break
                self._say(answered)
            except Exception as error:  # noqa: BLE001 - a fault of ours must not leave a client waiting, nor pass unseen
                self._apologize(error)
            if session.wants_tls:
                self._begin_tls()
            if not framing.pending and session.wanted_octets != 0:
                break
        if not (self._is_waiting or self._is_in_line) or len(self._said) > MAX_TOGETHER:
            self._send()

    def _send(self) -> None:
        """Send what is said; then close, if nothing more is to come.

        While an answer is fetched, or others have their turn, replies are kept: those to a group of commands are best
        sent together (RFC 2920 section 3.2), and a client that is sent garbage has then been heard to the end.
        """
        transport, session = self._line, self._dialogue
        if self.transport is None:
            return
        if self._said:
            transport.write(b"".join(self._said))
            self._said.clear()
            if transport.get_write_buffer_size() > MAX_UNREAD:
                self._drop()
        if (session.closing or self._has_said_all) and not (self._is_waiting or self._is_in_line):
            session.lost()  # now, not when the client has noticed, so that the books have the right time
            transport.close()

    def _next(self) -> Answered | None:
        """Take what arrived next, and return what the session answers."""
        session, framing = self._dialogue, self._framing
        try:
            if session.wants_content:
                content = framing.content()
                return None if content is None else session.content(content)
            if session.wanted_octets is not None:
                part = framing.chunk(session.wanted_octets)
                return None if part is None else session.chunk(part)
            line = framing.line(session.longest_line)
            return None if line is None else session.command(line)
        except LineTooLongError:
            return session.line_too_long()
        except ContentTooLargeError:
            return session.content_too_large() if session.wants_content else session.chunk(None)
        except BareLineFeedError:
            return session.hang_up(BARE_LINE_FEED)

    def _say(self, answered: Answered) -> None:
        """Keep a response for sending, or fetch first what it needs."""
        if isinstance(answered, Reply) or not isinstance(answered, Generator):
            self._said.append(answered.octets)
            return
        query = self._advance(answered, None)
        if query is not None:
            self._wait_for(partial(self._fetch, answered, query))

    def _apologize(self, error: Exception) -> None:
        """Report a fault of ours, and say goodbye to the client."""
        if self._failed is not None:
            self._failed(error)
        else:
            context = {"message": f"gateway {self._gateway.name} failed", "exception": error}
            self.loop.call_exception_handler(context)
        self._said.append(self._dialogue.hang_up(LOCAL_ERROR).octets)

    def _begin_tls(self) -> None:
        if self._tls is None:
            self._said[-1] = self._dialogue.refuse_tls().octets
            return
        # The client's first octets of TLS must not be read as a command.
        self._line.pause_reading()
        self._send()
        self._wait_for(self._encrypt)

    def _advance(self, dialogue: Dialogue, answer: Answer | None) -> ExternalQuery | None:
        """Continue a dialogue to its next query; its reply is kept for sending."""
        try:
            return dialogue.send(answer)  # type: ignore[arg-type]  # a generator is started by None
        except StopIteration as finished:
            self._said.append(finished.value.octets)
        except Exception as error:  # noqa: BLE001 - as in _answer()
            self._apologize(error)
        return None

    async def end(self) -> None:
        """Close the connection without a reply, and return when it is gone."""
        if self.transport is not None:
            self._drop()
            await asyncio.sleep(0)  # the loop closes the transport and calls connection_lost
        if self._handler_coroutine is not None:
            await asyncio.wait([self._handler_coroutine])

    def _drop(self) -> None:
        """Close the connection of a client that does not read, or sends too much ahead."""
        self._dialogue.lost()
        if self.transport is not None:
            self._line.abort()

    def _timeout_cb(self) -> None:
        """Close the connection of a client that was silent for too long; the timer is not reset at every command."""
        silent_s = self.loop.time() - self._heard_at
        if self._is_waiting or silent_s < self._timeout_duration:
            # While an external query is under way, the client is not late.
            self._reset_timeout(max(1.0, self._timeout_duration - silent_s))
            return
        if self._line.get_write_buffer_size():
            self._drop()  # it does not read either, so a last reply would wait for ever
            return
        self._said.append(self._dialogue.hang_up(TIMED_OUT).octets)
        self._answer()


async def serve(
    gateway: Gateway,
    answer_query: AnswerQuery,
    *,
    address: str,
    port: int = 0,
    idle_s: float = IDLE_S,
    tls: TlsContext | None = None,
    tls_from_start: bool = False,
    proxied: bool = False,
    allowed: Sequence[Network] = (),
    carrier: Callable[..., Carrier] = Carrier,
) -> asyncio.Server:
    """Listen for a gateway. Port 0 takes a free port. Raises OutsideError, and OSError if the port is in use.

    ``carrier`` makes its connections. ``tls`` is asked for its context when the first client wants to encrypt; without
    it TLS is not available. ``tls_from_start`` is for ports where clients do not say STARTTLS first (RFC 8314 section
    3.3).
    """
    require_inside(address, allowed)
    encrypted = tls() if tls is not None and tls_from_start else None
    prepared = Carrier(gateway, answer_query, idle_s).prepared
    new = partial(carrier, gateway, answer_query, idle_s, tls, proxied=proxied, prepared=prepared)
    loop = asyncio.get_running_loop()
    return await started(await loop.create_server(new, address, port, backlog=1024, ssl=encrypted, start_serving=False))
