"""Writes down what passes over a line, for those who want to read a transaction as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fake_gateways.smtp.reply import Reply
from probe.sender.transport import Line, LineError, Transport


@dataclass
class Recorder:
    """A lane's record of the transaction in hand: ``>`` is the sender, ``<`` the gateway."""

    _lines: list[str] = field(default_factory=list)

    def said(self, *texts: str) -> None:
        """Note what the sender said."""
        self._lines += (f"> {text}" for text in texts)

    def heard(self, *replies: Reply) -> None:
        """Note what came back."""
        for reply in replies:
            self._lines += (f"< {line}" for line in reply.octets.decode("utf-8", "replace").split("\r\n") if line)

    def failed(self, error: LineError) -> None:
        """Note that the line was lost."""
        self.heard(*error.replies)
        self._lines.append(f"! {error.text}")

    def take(self) -> str:
        """Return the record and begin anew."""
        text, self._lines = "\n".join(self._lines), []
        return text


@dataclass(frozen=True)
class RecordingTransport:
    """A way to an exchanger over which everything is written down."""

    transport: Transport
    recorder: Recorder

    async def connect(self, source: str, helo: str) -> Line:
        """Connect, and note the greeting."""
        self.recorder.said(f"(connects from {source})")
        try:
            line = await self.transport.connect(source, helo)
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.heard(line.greeting)
        return RecordingLine(line, self.recorder, helo)


@dataclass(frozen=True)
class RecordingLine:
    """A line over which everything is written down."""

    line: Line
    recorder: Recorder
    helo: str

    @property
    def greeting(self) -> Reply:
        """The greeting."""
        return self.line.greeting

    @property
    def keywords(self) -> frozenset[str]:
        """What the server offers."""
        return self.line.keywords

    @property
    def local_port(self) -> int:
        """The sender's end."""
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
        self.recorder.said(f"EHLO {self.helo}")
        try:
            reply = await self.line.hello()
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.heard(reply)
        return reply

    async def encrypt(self) -> Reply:
        """Say STARTTLS."""
        self.recorder.said("STARTTLS")
        try:
            reply = await self.line.encrypt()
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.heard(reply)
        return reply

    async def exchange(self, commands: Sequence[bytes]) -> list[Reply]:
        """Say commands together."""
        self.recorder.said(*(command.decode("utf-8", "replace") for command in commands))
        try:
            replies = await self.line.exchange(commands)
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.heard(*replies)
        return replies

    async def send(self, content: bytes) -> Reply:
        """Hand over a message, of which the size alone is noted."""
        self.recorder.said(f"({len(content):,} octets of content)", ".")
        try:
            reply = await self.line.send(content)
        except LineError as error:
            self.recorder.failed(error)
            raise
        self.recorder.heard(reply)
        return reply

    async def close(self) -> None:
        """Say QUIT and hang up."""
        self.recorder.said("QUIT")
        await self.line.close()
