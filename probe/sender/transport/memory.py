"""The transport without sockets: it drives a gateway's sessions directly, with the same dialogue."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Final, cast

from fake_gateways.decider import Response
from fake_gateways.gateway import Gateway
from fake_gateways.needs import GivenUpError, QueryHandler
from fake_gateways.session import Answered, Dialogue, Session, open_session
from fake_gateways.smtp.command import Command
from fake_gateways.smtp.reply import GarbageError, Reply, ReplyReader
from probe.records.attempt import Failure
from probe.sender.transport import LineError, hung_up, keywords, no_reply, no_smtp

_FIRST_PORT: Final = 1024
_QUIT: Final = Command("QUIT")


class MemoryTransport:
    """The transport to one gateway."""

    def __init__(self, gateway: Gateway, answer_query: QueryHandler) -> None:
        self._gateway = gateway
        self._answer_query = answer_query
        self._connections = 0

    async def connect(self, source: str, helo: str) -> MemoryLine:
        """Open a session with a port number of its own, and wait for the greeting. Raises LineError."""
        self._connections += 1
        port = _FIRST_PORT + self._connections
        line = MemoryLine(open_session(self._gateway, source, port), self._answer_query, port, helo)
        try:
            await line.begin()
        except LineError as error:
            error.local_port = port
            raise
        return line


class UnreachableTransport:
    """The transport to an address where no server listens."""

    async def connect(self, source: str, helo: str) -> MemoryLine:
        """Raise the LineError of a refused connection."""
        del source, helo
        raise LineError(Failure.UNREACHABLE, "Connection refused")


class MemoryLine:
    """The client's side of one session."""

    greeting: Reply

    def __init__(self, session: Session, answer_query: QueryHandler, port: int, helo: str) -> None:
        self._session = session
        self._answer_query = answer_query
        self._helo = helo
        self._is_introduced = False
        self.local_port = port
        self.tls = False
        self.keywords: frozenset[str] = frozenset()

    async def begin(self) -> None:
        """Wait for the greeting."""
        answered = self._session.greet()
        self.greeting = answered if isinstance(answered, Reply) else await self._once(answered, no_smtp())

    @property
    def is_open(self) -> bool:
        """Whether commands can still be sent."""
        return not self._session.closing

    async def hello(self) -> Reply:
        """Say EHLO."""
        if self._session.closing:
            raise hung_up()
        answered = self._say(Command("EHLO", self._helo))
        reply = answered if isinstance(answered, Reply) else await self._once(answered, no_smtp())
        self._is_introduced = reply.accepts
        self.keywords = keywords(reply.lines[1:])
        return reply

    async def encrypt(self) -> Reply:
        """Say STARTTLS. Without a socket nothing is encrypted, but the dialogue starts over as it does over TLS."""
        if self._session.closing:
            raise hung_up()
        reply = await self._once(self._say(Command("STARTTLS")), no_smtp())
        if self._session.wants_tls:
            self._session.secured()
            self.tls = True
        return reply

    async def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        """Send commands one by one, until the gateway closes the session."""
        replies: list[Reply] = []
        failure: LineError | None = None
        for command in commands:
            if self._session.closing:
                break
            answered = self._say(command)
            if isinstance(answered, Reply) and failure is None:
                replies.append(answered)
                continue
            try:
                reply = await self._reply(answered)
            except LineError as error:
                # Over a socket the gateway has all commands already, so it answers the rest after a broken reply too.
                failure = failure or error
                continue
            if failure is None:
                replies.append(reply)
        if failure is not None:
            self._session.lost()
            failure.replies = replies
            raise failure
        if not replies:
            raise LineError(Failure.LINE_CUT, "the line was closed")
        return replies

    async def send(self, content: bytes) -> Reply:
        """Send a message's content and return the reply to its end."""
        if len(content) > self._session.gateway.size_limit:
            return cast("Reply", self._session.content_too_large())
        answered = self._session.content(content)
        return answered if isinstance(answered, Reply) else await self._once(answered)

    async def close(self) -> None:
        """Say QUIT, then close. Before a successful EHLO just close, as the line over sockets does."""
        if self._is_introduced and not self._session.closing:
            answered = self._session.carry_out(_QUIT)
            if not isinstance(answered, Reply):
                await self._once(answered)
        self._session.lost()

    def _say(self, command: Command) -> Answered:
        """Hand a command over as it is; one whose address needs care as text, which the session parses."""
        return self._session.carry_out(command) if command.is_plain else self._session.command(command.octets)

    async def _once(self, answered: Answered, if_garbled: LineError | None = None) -> Reply:
        """Return one reply; close the session if none comes."""
        try:
            return await self._reply(answered, if_garbled)
        except LineError:
            self._session.lost()
            raise

    async def _reply(self, answered: Answered, if_garbled: LineError | None = None) -> Reply:
        if isinstance(answered, Reply):
            return answered
        response = await self._fetched(answered) if isinstance(answered, Generator) else answered
        if isinstance(response, Reply):
            return response
        try:
            replies = ReplyReader().feed(response.octets)
        except GarbageError as garbage:
            raise if_garbled or LineError(Failure.GARBAGE, str(garbage)) from None
        if not replies:
            raise hung_up()
        return replies[0]

    async def _fetched(self, dialogue: Dialogue) -> Response:
        """Fetch what a dialogue needs from outside, and return its response. Raises LineError."""
        try:
            query = next(dialogue)
            while True:
                query = dialogue.send(await self._answer_query(query))
        except StopIteration as finished:
            response: Response = finished.value
            return response
        except GivenUpError:
            self._session.lost()
            raise no_reply(self._answer_query.patience_s) from None
