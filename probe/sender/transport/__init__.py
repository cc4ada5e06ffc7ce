"""The two transports: over sockets, or by calls in memory. Both produce the same attempts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, Protocol

from fake_gateways.smtp.command import Command
from fake_gateways.smtp.reply import Reply
from probe.records.attempt import Failure

TransportName = Literal["tcp", "memory"]
"""``tcp`` sends over sockets on loopback addresses; ``memory`` calls the gateways without sockets."""


class LineError(Exception):
    """The connection failed before every reply had come; ``replies`` are those that came.

    ``local_port`` is its port at this side if not even the greeting came, and there was a connection.
    """

    def __init__(self, failure: Failure, text: str, replies: Sequence[Reply] = ()) -> None:
        super().__init__(text)
        self.failure = failure
        self.text = text
        self.replies = list(replies)
        self.local_port = 0


def no_reply(patience_s: float) -> LineError:
    """Return the error for a server that does not reply within the sender's patience, in seconds."""
    return LineError(Failure.TIMED_OUT, f"no reply within {patience_s:g} s")


def hung_up() -> LineError:
    """Return the error for a server that closes the connection instead of replying."""
    return LineError(Failure.LINE_CUT, "closed by the other side")


class ReplyTimeout:
    """How long to wait for a reply, in seconds. In simulated time no timer runs; the lane's clock sets ``is_out``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_out = False

    def reason(self) -> LineError:
        """Return why a connection was lost: the timeout had passed, or the other side closed it."""
        is_out, self.is_out = self.is_out, False
        return no_reply(self.seconds) if is_out else hung_up()


def no_smtp() -> LineError:
    """Return the error for a greeting, or a reply to EHLO, that is not SMTP."""
    return LineError(Failure.GARBAGE, "what came is no SMTP reply")


@lru_cache(maxsize=1024)
def keywords(lines: tuple[str, ...]) -> frozenset[str]:
    """Return the keywords of an EHLO reply, given its lines after the first. A server offers all clients the same."""
    return frozenset(line.partition(" ")[0].upper() for line in lines)


class Line(Protocol):
    """An open connection to an exchanger whose greeting has come; the greeting may be a refusal."""

    @property
    def greeting(self) -> Reply:
        """The server's first reply."""
        ...

    @property
    def keywords(self) -> frozenset[str]:
        """The keywords of the EHLO reply (RFC 5321 section 4.1.1.1)."""
        ...

    @property
    def local_port(self) -> int:
        """The port at the sender's end."""
        ...

    @property
    def tls(self) -> bool:
        """Whether the line is encrypted."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether commands can still be sent."""
        ...

    async def hello(self) -> Reply:
        """Say EHLO; afterwards ``keywords`` holds the server's. Raises LineError."""
        ...

    async def encrypt(self) -> Reply:
        """Say STARTTLS and encrypt if the server agrees; the caller has to say EHLO again. Raises LineError."""
        ...

    async def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        """Send commands together and return their replies, fewer if the last is a 421. Raises LineError."""
        ...

    async def send(self, content: bytes) -> Reply:
        """Send a message's content and return the reply to its end. Raises LineError."""
        ...

    async def close(self) -> None:
        """Say QUIT if the connection is still open, and close it."""
        ...


class Transport(Protocol):
    """Opens connections to one exchanger."""

    async def connect(self, source: str, helo: str) -> Line:
        """Connect from a source address and wait for the greeting; ``helo`` is for EHLO later. Raises LineError."""
        ...
