"""Drives a gateway's sessions directly: no sockets, the same dialogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fake_gateways.gateway import Gateway
from fake_gateways.reply import Reply
from fake_gateways.session import Dialogue, Session
from fake_gateways.verdict import Answer, Question
from probe.attempt import Failure
from probe.transport import LineError

Answers = Callable[[Question, float], Answer]

_FIRST_PORT = 1024


class MemoryTransport:
    """The way to one gateway. ``answers`` stands in for its nameserver."""

    def __init__(self, gateway: Gateway, answers: Answers) -> None:
        self._gateway = gateway
        self._answers = answers
        self._connections = 0

    async def connect(self, source: str, helo: str) -> MemoryLine:
        """Open a session, under a port number that no other connection has."""
        self._connections += 1
        port = _FIRST_PORT + self._connections
        return MemoryLine(self._gateway, self._answers, source, port, helo)


class MemoryLine:
    """One session held from the client's side."""

    def __init__(self, gateway: Gateway, answers: Answers, source: str, port: int, helo: str) -> None:
        self._gateway = gateway
        self._answers = answers
        self._session: Session = gateway.open(source, port)
        self._helo = helo
        self.local_port = port
        self.keywords: frozenset[str] = frozenset()
        self.greeting = self._hear(self._session.greet())

    @property
    def is_open(self) -> bool:
        """Whether the gateway still listens."""
        return not self._session.closing

    async def hello(self) -> Reply:
        """Say EHLO."""
        reply = self._hear(self._session.command(b"EHLO " + self._helo.encode()))
        self.keywords = frozenset(line.partition(" ")[0].upper() for line in reply.lines[1:])
        return reply

    async def exchange(self, commands: Sequence[bytes]) -> list[Reply]:
        """Hand over commands one by one, until the gateway has had enough."""
        replies: list[Reply] = []
        for command in commands:
            if self._session.closing:
                break
            replies.append(self._hear(self._session.command(command)))
        if not replies:
            raise LineError(Failure.LINE_CUT, "the line was closed")
        return replies

    async def send(self, content: bytes) -> Reply:
        """Hand over a message."""
        if len(content) > self._gateway.size_limit:
            return self._session.content_too_large()
        return self._hear(self._session.content(content))

    async def close(self) -> None:
        """Say QUIT; just hang up on who refused the greeting, as the line over sockets does."""
        if self.greeting.accepts and not self._session.closing:
            self._hear(self._session.command(b"QUIT"))
        self._session.lost()

    def _hear(self, dialogue: Dialogue) -> Reply:
        try:
            question = next(dialogue)
            while True:
                question = dialogue.send(self._answers(question, self._gateway.clock.now()))
        except StopIteration as finished:
            reply: Reply = finished.value
            return reply
