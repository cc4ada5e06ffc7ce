"""Records the dialogue of a transaction, so that it can be read afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fake_gateways.smtp.command import Command
from fake_gateways.smtp.reply import Reply
from probe.sender.transport import Line, LineError, Transport, keywords


@dataclass
class Recorder:
    """The transcript of a lane's current transaction: ``>`` marks the sender, ``<`` the gateway, ``!`` a failure."""

    _lines: list[str] = field(default_factory=list)

    def sent(self, *texts: str) -> None:
        """Record what the sender said."""
        self._lines += (f"> {text}" for text in texts)

    def received(self, *replies: Reply) -> None:
        """Record replies."""
        for reply in replies:
            self._lines += (f"< {line}" for line in reply.octets.decode("utf-8", "replace").split("\r\n") if line)

    def failed(self, error: LineError) -> None:
        """Record that the connection failed, after the replies that came."""
        self.received(*error.replies)
        self._lines.append(f"! {error.text}")

    def take(self) -> str:
        """Return the transcript and start an empty one."""
        text, self._lines = "\n".join(self._lines), []
        return text


@dataclass(frozen=True)
class RecordingTransport:
    """A transport that records every dialogue."""

    transport: Transport
    recorder: Recorder

    async def connect(self, source: str, helo: str) -> Line:
        """Connect, and record the greeting."""
        self.recorder.sent(f"(connects from {source})")
        try:
            line = await self.transport.connect(source, helo)
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.received(line.greeting)
        return RecordingLine(line, self.recorder, helo)


@dataclass(frozen=True)
class RecordingLine:
    """A line that records every command and reply."""

    line: Line
    recorder: Recorder
    helo: str

    @property
    def greeting(self) -> Reply:
        """The greeting."""
        return self.line.greeting

    @property
    def keywords(self) -> frozenset[str]:
        """The keywords of the EHLO reply."""
        return self.line.keywords

    @property
    def local_port(self) -> int:
        """The port at the sender's end."""
        return self.line.local_port

    @property
    def tls(self) -> bool:
        """Whether the line is encrypted."""
        return self.line.tls

    @property
    def is_open(self) -> bool:
        """Whether commands can still be sent."""
        return self.line.is_open

    async def hello(self) -> Reply:
        """Say EHLO."""
        self.recorder.sent(f"EHLO {self.helo}")
        try:
            reply = await self.line.hello()
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.received(reply)
        return reply

    async def encrypt(self) -> Reply:
        """Say STARTTLS."""
        self.recorder.sent("STARTTLS")
        try:
            reply = await self.line.encrypt()
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.received(reply)
        return reply

    async def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        """Send commands together."""
        self.recorder.sent(*(command.octets.decode("utf-8", "replace") for command in commands))
        try:
            replies = await self.line.exchange(commands)
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.received(*replies)
        return replies

    async def send(self, content: bytes) -> Reply:
        """Send a message's content, of which only the size is recorded."""
        self.recorder.sent(f"({len(content):,} octets of content)", ".")
        try:
            reply = await self.line.send(content)
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.received(reply)
        return reply

    async def close(self) -> None:
        """Say QUIT and close."""
        self.recorder.sent("QUIT")
        await self.line.close()


def offered_in(dialogue: str) -> frozenset[str]:
    """Return the keywords that a transcript's replies to EHLO offer (RFC 5321 section 4.1.1.1).

    Only these replies count: a refusal may mention a keyword that the server does not offer.
    """
    offered: list[str] = []
    is_answer = names_server = False
    for line in dialogue.split("\n"):
        if line.startswith("> "):
            is_answer = names_server = line.startswith("> EHLO ")
        elif is_answer and line.startswith("< 250"):
            if not names_server:
                offered.append(line[len("< 250-") :])
            names_server = False  # the first line is the name of the server
    return keywords(tuple(offered))
