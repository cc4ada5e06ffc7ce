"""Drives a gateway's sessions directly: no sockets, the same dialogue."""

from __future__ import annotations

from collections.abc import Sequence

from fake_gateways.gateway import Gateway
from fake_gateways.reply import GarbageError, Garbled, Reply, ReplyReader
from fake_gateways.session import Dialogue, Session
from fake_gateways.supply import Supply
from fake_gateways.verdict import Wait
from probe.attempt import Failure
from probe.transport import LineError, hung_up, no_reply, no_smtp

_FIRST_PORT = 1024


class MemoryTransport:
    """The way to one gateway. The sender waits for a reply for ``patience_s`` seconds of the lane's time."""

    def __init__(self, gateway: Gateway, supply: Supply, patience_s: float) -> None:
        self._gateway = gateway
        self._supply = supply
        self._patience_s = patience_s
        self._connections = 0

    async def connect(self, source: str, helo: str) -> MemoryLine:
        """Open a session, under a port number that no other connection has."""
        self._connections += 1
        port = _FIRST_PORT + self._connections
        line = MemoryLine(self._gateway.open(source, port), self._supply, self._patience_s, port, helo)
        await line.begin()
        return line


class MemoryLine:
    """One session held from the client's side."""

    greeting: Reply

    def __init__(self, session: Session, supply: Supply, patience_s: float, port: int, helo: str) -> None:
        self._session = session
        self._supply = supply
        self._patience_s = patience_s
        self._helo = helo
        self.local_port = port
        self.keywords: frozenset[str] = frozenset()

    async def begin(self) -> None:
        """Wait for the greeting."""
        self.greeting = await self._hear(self._session.greet(), no_smtp())

    @property
    def is_open(self) -> bool:
        """Whether the gateway still listens."""
        return not self._session.closing

    async def hello(self) -> Reply:
        """Say EHLO."""
        if self._session.closing:
            raise hung_up()
        reply = await self._hear(self._session.command(b"EHLO " + self._helo.encode()), no_smtp())
        self.keywords = frozenset(line.partition(" ")[0].upper() for line in reply.lines[1:])
        return reply

    async def exchange(self, commands: Sequence[bytes]) -> list[Reply]:
        """Hand over commands one by one, until the gateway has had enough."""
        replies: list[Reply] = []
        for command in commands:
            if self._session.closing:
                break
            try:
                replies.append(await self._hear(self._session.command(command)))
            except LineError as error:
                error.replies = replies
                raise
        if not replies:
            raise LineError(Failure.LINE_CUT, "the line was closed")
        return replies

    async def send(self, content: bytes) -> Reply:
        """Hand over a message."""
        if len(content) > self._session.gateway.size_limit:
            return self._session.content_too_large()
        return await self._hear(self._session.content(content))

    async def close(self) -> None:
        """Say QUIT; just hang up on who refused the greeting, as the line over sockets does."""
        if self.greeting.accepts and not self._session.closing:
            await self._hear(self._session.command(b"QUIT"))
        self._session.lost()

    async def _hear(self, dialogue: Dialogue, no_sense: LineError | None = None) -> Reply:
        try:
            need = next(dialogue)
            while True:
                if isinstance(need, Wait) and need.seconds > self._patience_s:
                    await self._supply.sleep(self._patience_s)
                    raise self._given_up(no_reply(self._patience_s))
                need = dialogue.send(await self._supply(need))
        except StopIteration as finished:
            said: Reply | Garbled = finished.value
        if isinstance(said, Reply):
            return said
        try:
            heard = ReplyReader().feed(said.octets)
        except GarbageError as garbage:
            raise self._given_up(no_sense or LineError(Failure.GARBAGE, str(garbage))) from None
        if not heard:
            raise self._given_up(hung_up() if self._session.closing else no_reply(self._patience_s))
        return heard[0]

    def _given_up(self, error: LineError) -> LineError:
        """Hang up because of an error."""
        self._session.lost()
        return error
