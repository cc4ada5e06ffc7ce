"""Transcripts: every command and reply of a transaction, in order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fake_gateways.smtp.command import Command
from fake_gateways.smtp.reply import Reply
from probe.sender.transport import LineError, hung_up
from probe.sender.transport.transcript import Recorder, RecordingLine, RecordingTransport, offered_in


class Scripted:
    """A transport and line in one, with a reply for every step; ``lost`` makes every step fail."""

    greeting = Reply(220, ("mx.acme.example",))
    keywords = frozenset({"PIPELINING"})
    local_port = 1025
    tls = False
    is_open = True
    lost: LineError | None = None

    def _reply(self, reply: Reply) -> Reply:
        if self.lost is not None:
            raise self.lost
        return reply

    async def connect(self, source: str, helo: str) -> Scripted:
        """Connect."""
        del source, helo
        self._reply(self.greeting)
        return self

    async def hello(self) -> Reply:
        """Reply to EHLO."""
        return self._reply(Reply(250, ("mx.acme.example", "PIPELINING")))

    async def encrypt(self) -> Reply:
        """Reply to STARTTLS."""
        return self._reply(Reply(220, ("Go ahead",)))

    async def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        """Reply to each command."""
        return [self._reply(Reply(250, ("Ok",))) for _ in commands]

    async def send(self, content: bytes) -> Reply:
        """Reply to content."""
        del content
        return self._reply(Reply(250, ("Queued",)))

    async def close(self) -> None:
        """Do nothing."""


async def test_a_dialogue_is_recorded_with_both_sides_in_order() -> None:
    recorder = Recorder()
    line = await RecordingTransport(Scripted(), recorder).connect("127.10.0.1", "mta1.sender.example")
    await line.hello()
    await line.encrypt()
    await line.exchange([Command("MAIL"), Command("RCPT", path="ann@acme.example")])
    await line.send(b"x" * 1234)
    await line.close()
    assert recorder.take().split("\n") == [
        "> (connects from 127.10.0.1)", "< 220 mx.acme.example",
        "> EHLO mta1.sender.example", "< 250-mx.acme.example", "< 250 PIPELINING",
        "> STARTTLS", "< 220 Go ahead",
        "> MAIL FROM:<>", "> RCPT TO:<ann@acme.example>", "< 250 Ok", "< 250 Ok",
        "> (1,234 octets of content)", "> .", "< 250 Queued",
        "> QUIT",
    ]  # fmt: skip


def test_taking_a_transcript_starts_an_empty_one() -> None:
    recorder = Recorder()
    recorder.sent("QUIT")
    assert (recorder.take(), recorder.take()) == ("> QUIT", "")


@pytest.mark.parametrize("step", ["hello", "encrypt", "exchange", "send"])
async def test_a_lost_line_is_recorded_after_the_replies_that_came(step: str) -> None:
    line, recorder = Scripted(), Recorder()
    line.lost = hung_up()
    line.lost.replies = [Reply(421, ("Bye",))]
    recording = RecordingLine(line, recorder, "mta1.sender.example")
    steps = {
        "hello": recording.hello,
        "encrypt": recording.encrypt,
        "exchange": lambda: recording.exchange([Command("RSET")]),
        "send": lambda: recording.send(b""),
    }
    with pytest.raises(LineError):
        await steps[step]()  # type: ignore[operator]
    assert recorder.take().split("\n")[-2:] == ["< 421 Bye", "! closed by the other side"]


async def test_a_connection_that_fails_is_recorded() -> None:
    way, recorder = Scripted(), Recorder()
    way.lost = hung_up()
    with pytest.raises(LineError):
        await RecordingTransport(way, recorder).connect("127.10.0.1", "mta1.sender.example")
    assert recorder.take() == "> (connects from 127.10.0.1)\n! closed by the other side"


def test_a_recording_line_shows_what_its_line_knows() -> None:
    line = RecordingLine(Scripted(), Recorder(), "mta1.sender.example")
    assert (line.greeting, line.keywords, line.local_port) == (Scripted.greeting, Scripted.keywords, 1025)
    assert (line.tls, line.is_open) == (False, True)


async def test_what_a_server_offers_is_read_from_its_reply_to_ehlo() -> None:
    recorder = Recorder()
    line = await RecordingTransport(Scripted(), recorder).connect("127.10.0.1", "mta1.sender.example")
    await line.hello()
    assert offered_in(recorder.take()) == {"PIPELINING"}


def test_what_a_refusal_mentions_is_not_offered() -> None:
    greeting = "> (connects from 127.10.0.1)\n< 220-mx.acme.example\n< 220 STARTTLS\n"
    ehlo = "> EHLO mta1.sender.example\n< 250-STARTTLS\n< 250-size 1000\n< 250 8BITMIME\n"
    mail = "> MAIL FROM:<>\n< 250-first\n< 250 STARTTLS\n! closed by the other side\n"
    rcpt = "> RCPT TO:<STARTTLS@acme.example>\n< 530-5.7.0 Must issue\n< 530 5.7.0 STARTTLS"
    assert offered_in(greeting + ehlo + mail + rcpt) == {"SIZE", "8BITMIME"}
    assert offered_in("> EHLO mta1.sender.example\n< 550-no\n< 550 STARTTLS") == frozenset()
    assert offered_in("") == frozenset()
