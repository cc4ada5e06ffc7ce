"""Golden dialogues, each played twice: to a session without sockets, and to the server on a socket."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import pytest
import trial_gateway
import wire
from transcript import Connection, Said, Transcript, TranscriptError, parse, read
from trial_gateway import Trial

from fake_gateways import persona
from fake_gateways.dns import nameserver
from fake_gateways.dns.resolver import Resolver
from fake_gateways.session import Answered, Session, open_session
from fake_gateways.truth import Truth
from fake_gateways.units import parse_duration
from fake_gateways.verdict import Answer, ExternalQuery, Question, Wait

FOLDER: Final = Path(__file__).parent
FILES: Final = sorted(FOLDER.glob("*.smtp"))


class Ear(Protocol):
    """A way to a server, as a transcript needs it."""

    async def speak(self, lines: tuple[str, ...]) -> None:
        """Say lines in one go."""
        ...

    async def hear(self) -> str:
        """Return the server's next line, empty when it has none and hung up."""
        ...

    async def hang_up(self) -> None:
        """Go away, and let the server notice."""
        ...


class SessionEar:
    """Talks to a session without sockets."""

    def __init__(self, trial: Trial, session: Session) -> None:
        self._trial = trial
        self._session = session
        self._content: list[bytes] | None = None
        self._heard: deque[str] = deque()
        self._take(session.greet())

    async def speak(self, lines: tuple[str, ...]) -> None:
        for line in map(str.encode, lines):
            if self._session.closing:
                return
            if not self._session.wants_content:
                self._take(self._session.command(line))
            elif line != b".":
                self._content = [*(self._content or []), line]
            else:
                # RFC 5321 4.5.2: the receiver takes the first dot of a line away.
                content = b"".join(line.removeprefix(b".") + b"\r\n" for line in self._content or [])
                self._content = None
                if len(content) > self._trial.gateway.size_limit:
                    self._note(self._session.content_too_large().octets)
                else:
                    self._take(self._session.content(content))

    async def hear(self) -> str:
        if not self._heard and not self._session.closing:
            pytest.fail("the server has nothing to say")
        return self._heard.popleft() if self._heard else ""

    async def hang_up(self) -> None:
        assert not self._heard, f"nobody wrote down {self._heard}"
        self._session.lost()

    def _take(self, answered: Answered) -> None:
        if not isinstance(answered, Generator):
            self._note(answered.octets)
            return
        try:
            query = next(answered)
            while True:
                query = answered.send(self._supplied(query))
        except StopIteration as finished:
            self._note(finished.value.octets)

    def _supplied(self, query: ExternalQuery) -> Answer:
        if isinstance(query, Wait):
            self._trial.clock.pass_by(query.seconds)
            return Answer()
        assert isinstance(query, Question)
        return self._trial.world.answer(query, self._trial.clock.now())

    def _note(self, octets: bytes) -> None:
        if not octets:
            return  # it hung up without a word
        assert octets.endswith(b"\r\n")
        self._heard.extend(octets.decode()[:-2].split("\r\n"))


class SocketEar:
    """Talks to the server over a socket."""

    def __init__(self, client: wire.Client) -> None:
        self._client = client

    async def speak(self, lines: tuple[str, ...]) -> None:
        self._client.send("".join(f"{line}\r\n" for line in lines).encode())

    async def hear(self) -> str:
        return await self._client.line()

    async def hang_up(self) -> None:
        self._client.writer.write_eof()
        rest = await self._client.to_the_end()
        assert rest == b"", f"nobody wrote down {rest!r}"


@dataclass
class Record:
    """What a play came to."""

    lines: list[str] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)


async def _converse(connection: Connection, ear: Ear, trial: Trial, record: Record) -> None:
    for turn in connection.turns:
        if turn.client:
            await ear.speak(turn.client)
        for due in turn.server:
            line = await ear.hear()
            record.lines.append(line)
            _compare(due, line)
        if turn.event.endswith(" later"):
            await _pass(trial, [turn.event.removesuffix(" later")])
        elif turn.event == "client hangs up":
            await ear.hang_up()
        elif turn.event == "server hangs up":
            assert await ear.hear() == "", "the server said more before it hung up"
            await ear.hang_up()


async def _pass(trial: Trial, durations: list[str]) -> None:
    for duration in durations:
        await trial.clock.sleep(parse_duration(duration))


def _compare(due: Said, line: str) -> None:
    assert due.matches(line), f"the server said {line!r} where the transcript has {due.text!r}"


async def play_to_session(transcript: Transcript) -> Record:
    """Play a transcript to sessions without sockets."""
    trial, record = trial_gateway.build(**transcript.settings), Record()
    for port, connection in enumerate(transcript.connections, 1025):
        await _pass(trial, connection.later)
        ear = SessionEar(trial, open_session(trial.gateway, connection.peer, port))
        await _converse(connection, ear, trial, record)
    return _end(trial, transcript, record)


async def play_to_socket(transcript: Transcript) -> Record:
    """Play a transcript to the server over sockets; its names come from a real nameserver."""
    trial, record = trial_gateway.build(**transcript.settings), Record()
    names = await nameserver.serve(trial.world, trial.clock.now)
    try:
        async with (
            Resolver(names.address, names.port) as resolver,
            trial_gateway.serving(trial, resolver.ask) as port,
        ):
            for connection in transcript.connections:
                await _pass(trial, connection.later)
                async with wire.connected(port, source=connection.peer) as client:
                    await _converse(connection, SocketEar(client), trial, record)
    finally:
        await names.close()
    return _end(trial, transcript, record)


def _end(trial: Trial, transcript: Transcript, record: Record) -> Record:
    assert trial.books.table == transcript.truth
    record.truth = [row._replace(peer_port=0) for row in trial.books]
    return record


each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each_file
async def test_the_dialogue_goes_as_written_without_sockets(path: Path) -> None:
    await play_to_session(read(path))


@each_file
async def test_the_dialogue_goes_as_written_over_a_socket(path: Path) -> None:
    await play_to_socket(read(path))


@each_file
async def test_socket_and_session_say_and_write_the_same_to_the_letter(path: Path) -> None:
    transcript = read(path)
    assert await play_to_socket(transcript) == await play_to_session(transcript)


@each_file
async def test_lies_in_the_books_are_marked_as_lies(path: Path) -> None:
    for row in (await play_to_session(read(path))).truth:
        assert row.honest == (row.claimed in {row.cause, None})


def test_every_persona_delivers_refuses_truthfully_and_lies_in_some_transcript() -> None:
    for name in persona.names():
        mine = [transcript for transcript in map(read, FILES) if transcript.settings["persona"] == name]
        rows = [row for transcript in mine for row in transcript.truth]
        assert any(" - claimed - inbox " in row for row in rows), name
        assert any(" user-unknown claimed user-unknown refused " in row for row in rows), name
        lies = [row for row in rows if row.split()[1] != row.split()[3]]
        assert lies, name


_SHORT = """\
---
persona = "cisco-esa"
mailboxes = { "anna.berg@northwind.example" = "departed" }
---
< 220 esa1.northwind.iphmx.com ESMTP
> HELO mta1.messenger.example
< 250 esa1.northwind.iphmx.com
> MAIL FROM:<a@messenger.example>
< 250 sender <a@messenger.example> ok
> RCPT TO:<anna.berg@northwind.example>
< 550 #5.1.0 Address rejected.
> QUIT
< 221 esa1.northwind.iphmx.com
* server hangs up

truth: anna.berg@northwind.example user-unknown claimed user-unknown refused @rcpt
"""


@pytest.mark.parametrize("play", [play_to_session, play_to_socket])
@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("< 550 #5.1.0 Address rejected.", "< 551 #5.1.0 Address rejected."),
        ("< 250 esa1.northwind.iphmx.com\n", "< 250-esa1.northwind.iphmx.com\n"),
        ("< 221 esa1.northwind.iphmx.com\n* server", "* server"),
        ("< 221 esa1.northwind.iphmx.com\n* server", "* client"),
        ("claimed user-unknown", "claimed content"),
        ("refused @rcpt", "refused @rcpt\ntruth: somebody@northwind.example - claimed - inbox @end-of-data"),
    ],
)
async def test_a_transcript_that_differs_from_the_gateway_in_one_place_fails(
    play: Callable[[Transcript], Awaitable[Record]], written: str, changed: str
) -> None:
    assert written in _SHORT
    await play(parse(_SHORT))
    with pytest.raises(AssertionError):
        await play(parse(_SHORT.replace(written, changed)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\npersona = 'consumer'\n---\n< 220 x\n* client hangs up\n",
        "---\n---\n< 220 x\n\ntruth: -",
        "---\n---\n< 220 x\n* client waves\n* client hangs up\ntruth: -",
        "---\n---\n< 220 x\nhello\n* client hangs up\ntruth: -",
        "< 220 x\n---\n---\n< 220 x\n* client hangs up\ntruth: -",
    ],
)
def test_a_file_that_is_no_transcript_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        parse(text)
