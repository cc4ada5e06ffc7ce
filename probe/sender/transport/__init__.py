"""The two transports: over sockets, or by calls in memory. Both produce the same attempts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from fake_gateways.smtp.reply import Reply
from probe.records.attempt import Failure

TransportName = Literal["tcp", "memory"]
"""``tcp`` sends over sockets on loopback addresses; ``memory`` calls the gateways without sockets."""


class LineError(Exception):
    """The line to the exchanger failed before every reply came; ``replies`` are those that did."""

    def __init__(self, failure: Failure, text: str, replies: Sequence[Reply] = ()) -> None:
        super().__init__(text)
        self.failure = failure
        self.text = text
        self.replies = list(replies)


def no_reply(patience_s: float) -> LineError:
    """Return what is noted when a server stays silent for longer than the sender waits."""
    return LineError(Failure.TIMED_OUT, f"no reply within {patience_s:g} s")


def hung_up() -> LineError:
    """Return what is noted when a server closes the line instead of replying."""
    return LineError(Failure.LINE_CUT, "closed by the other side")


def no_smtp() -> LineError:
    """Return what is noted of a greeting, or a reply to EHLO, that is no SMTP."""
    return LineError(Failure.GARBAGE, "what came is no SMTP reply")


class Line(Protocol):
    """An open connection to an exchanger, greeted already; the greeting may be a refusal."""

    @property
    def greeting(self) -> Reply:
        """What the server said first."""
        ...

    @property
    def keywords(self) -> frozenset[str]:
        """What the server offers."""
        ...

    @property
    def local_port(self) -> int:
        """The sender's end."""
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
        """Introduce the sender; ``keywords`` then hold what the server offers."""
        ...

    async def encrypt(self) -> Reply:
        """Say STARTTLS and, where agreed to, encrypt; the sender then introduces itself anew. Raises LineError."""
        ...

    async def exchange(self, commands: Sequence[bytes]) -> list[Reply]:
        """Send commands together and return their replies: fewer where a 421 ended the line. Raises LineError."""
        ...

    async def send(self, content: bytes) -> Reply:
        """Send a message's content and return the reply to its end. Raises LineError."""
        ...

    async def close(self) -> None:
        """Say QUIT where there is still somebody to hear it, and hang up."""
        ...


class Transport(Protocol):
    """The way to one exchanger."""

    async def connect(self, source: str, helo: str) -> Line:
        """Connect from a source address and wait for the greeting. ``helo`` is for later. Raises LineError."""
        ...
