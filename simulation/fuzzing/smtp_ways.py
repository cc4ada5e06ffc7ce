"""The ways by which a client's octets get to a session: straight, or through the carrier; whole, or in pieces.

All of them must lead to the same replies, decisions and reports.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from fake_gateways.policies.session_view import SessionView
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.server import Carrier
from fake_gateways.session import Answered, Session, open_session
from fake_gateways.session.lmtp import open_lmtp_session
from fake_gateways.smtp.auth import Credentials
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.framing import BareLineFeedError, ContentTooLargeError, Framing, LineTooLongError
from fake_gateways.smtp.standard_replies import BARE_LINE_FEED
from fake_gateways.truth import Truth
from fake_gateways.verdict import Answer, ExternalQuery
from simulation.fuzzing.told_policies import ADDRESSES, gateway

Thing = TypeVar("Thing")

_PORT: Final = 40_000
_SEAMS: Final = (None, b"\r", b"\n", b".", None, b"\r\n.", b"<", b"\r\n")
_MOST_TURNS: Final = 20_000
"""Turns of the event loop after which a connection hangs."""


class Setting(NamedTuple):
    """A gateway and its client."""

    lmtp: bool = False
    wants_login: bool = False
    wants_tls: bool = False
    address: str = ADDRESSES[0]

    @classmethod
    def of(cls, octet: int) -> Setting:
        """Return the setting that an octet stands for, most often a plain one."""
        return cls(
            lmtp=octet & 3 == 3,
            wants_login=octet & 12 == 12,
            wants_tls=octet & 48 == 48,
            address=ADDRESSES[0 if octet < 192 else octet % len(ADDRESSES)],
        )


class Heard(NamedTuple):
    """What came of it."""

    said: bytes
    truths: list[Truth]
    reports: list[DeliveryReport]
    opened: list[Credentials]
    contents: list[bytes]


class Different(AssertionError):  # noqa: N818 - it is a finding
    """Two ways led to different things."""


def in_pieces(octets: bytes, cuts: bytes) -> list[bytes]:
    """Cut octets into pieces as other octets say, over and over: behind a few, or where a line or a message may end."""
    pieces, start, number = [], 0, 0
    while start < len(octets):
        cut = cuts[number % len(cuts)] if cuts else 0
        seam = _SEAMS[cut % len(_SEAMS)]
        end = start + 1 + cut // 8 if seam is None else octets.find(seam, start) + 1
        end = end or start + 100  # no seam is left
        pieces.append(octets[start:end])
        start, number = end, number + 1
    return pieces


class _Keep:
    """A policy without an opinion that keeps the content of every message."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    def judge(self, view: SessionView) -> None:
        self.contents.append(view.content)


class Books:
    """A gateway with what it writes."""

    def __init__(self, setting: Setting) -> None:
        self.truths: list[Truth] = []
        self.reports: list[DeliveryReport] = []
        self.opened: list[Credentials] = []
        self._kept = _Keep()
        self.gateway = gateway(
            self.truths.append,
            self.reports.append,
            self.opened.append,
            lmtp=setting.lmtp,
            wants_login=setting.wants_login,
            wants_tls=setting.wants_tls,
        )
        policies = self.gateway.policies
        policies[Stage.END_OF_DATA] = (("keep", self._kept), *policies[Stage.END_OF_DATA])

    def heard(self, said: list[bytes]) -> Heard:
        """Return what came of all connections; raises Different if one of them is left."""
        if self.gateway.connections:
            raise Different(f"connections are left: {self.gateway.connections}")
        return Heard(b"".join(said), self.truths, self.reports, self.opened, self._kept.contents)


def straight(setting: Setting, connections: Iterable[Sequence[bytes]]) -> tuple[Heard, int]:
    """Let framing and session answer the pieces that arrive on connections, one after the other.

    Return also how many lines and messages were answered.
    """
    books = Books(setting)
    begin = open_lmtp_session if setting.lmtp else open_session
    said: list[bytes] = []
    greetings = 0
    for pieces in connections:
        session, framing = begin(books.gateway, setting.address, _PORT), Framing(books.gateway.size_limit)
        said.append(octets_of(session.greet()))
        greetings += 1
        for piece in pieces:
            framing.feed(piece)
            said += answers(session, framing)
            if session.closing:
                break
        session.lost()
    return books.heard(said), len(said) - greetings


def answers(session: Session, framing: Framing) -> Iterator[bytes]:
    """Yield what is said to all that has arrived."""
    while not session.closing:
        answered: Answered | None
        try:
            if session.wants_content:
                content = framing.content()
                answered = None if content is None else session.content(content)
            else:
                line = framing.line(session.longest_line)
                answered = None if line is None else session.command(line)
        except LineTooLongError:
            answered = session.line_too_long()
        except ContentTooLargeError:
            answered = session.content_too_large()
        except BareLineFeedError:
            answered = session.hang_up(BARE_LINE_FEED)
        if answered is None:
            return
        octets = octets_of(answered)
        yield session.refuse_tls().octets if session.wants_tls else octets


def octets_of(answered: Answered) -> bytes:
    """Return what is said, all questions answered."""
    if not isinstance(answered, Generator):
        return answered.octets
    try:
        next(answered)
        while True:
            answered.send(Answer())
    except StopIteration as finished:
        octets: bytes = finished.value.octets
        return octets


class Wire(asyncio.Transport):
    """A transport that keeps what is written, and does not deliver while reading is paused."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, _PORT)})
        self.written: list[bytes] = []
        self.is_open = True
        self.is_paused = False

    def write(self, data: Any) -> None:
        """Keep it."""
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        """Say that the client reads all at once."""
        return 0

    def pause_reading(self) -> None:
        """Deliver nothing."""
        self.is_paused = True

    def resume_reading(self) -> None:
        """Deliver again."""
        self.is_paused = False

    def close(self) -> None:
        """Deliver nothing any more."""
        self.is_open = False

    def is_closing(self) -> bool:
        """Say whether it is closed."""
        return not self.is_open

    abort = close


class Carried:
    """An event loop in which carriers answer, for as long as the process lasts."""

    def __init__(self, *, proxied: bool = False) -> None:
        self._loop = asyncio.new_event_loop()
        self._is_proxied = proxied

    def until_done(self, coroutine: Coroutine[Any, Any, Thing]) -> Thing:
        """Run a coroutine in the loop."""
        return self._loop.run_until_complete(coroutine)

    def by_carrier(self, setting: Setting, connections: Iterable[Sequence[bytes]]) -> Heard:
        """Let carriers answer the pieces that arrive on connections; raises what they fail with."""
        books = Books(setting)
        faults: list[Exception] = []
        said = self.until_done(self._carry_all(books, setting.address, connections, faults))
        if faults:
            raise faults[0]
        return books.heard(said)

    async def _carry_all(
        self, books: Books, address: str, connections: Iterable[Sequence[bytes]], faults: list[Exception]
    ) -> list[bytes]:
        return [await self._carry(books, address, pieces, faults) for pieces in connections]

    async def _carry(self, books: Books, address: str, pieces: Sequence[bytes], faults: list[Exception]) -> bytes:
        wire, carrier = self._begun(books, address, faults)
        for piece in pieces:
            await until(lambda: not (wire.is_paused and wire.is_open))
            if not wire.is_open:
                break
            carrier.data_received(piece)
        if wire.is_open and not carrier.eof_received():
            wire.close()
        await until(lambda: not wire.is_open)
        carrier.connection_lost(None)
        return b"".join(wire.written)

    def _begun(self, books: Books, address: str, faults: list[Exception]) -> tuple[Wire, Carrier]:
        wire = Wire(address)
        carrier = Carrier(books.gateway, answer, proxied=self._is_proxied, failed=faults.append)
        carrier.connection_made(wire)
        return wire, carrier

    def lose(self, setting: Setting, connections: Iterable[Sequence[bytes]]) -> None:
        """Let clients be gone as soon as they have said all, whatever the server does; raises Different if it stays."""
        books = Books(setting)
        faults: list[Exception] = []
        self.until_done(self._lose_all(books, setting.address, connections, faults))
        if faults:
            raise faults[0]
        numbers = [truth.seq for truth in books.heard([]).truths]
        if numbers != list(range(1, len(numbers) + 1)):
            raise Different(f"decisions are not in order: {numbers}")

    async def _lose_all(
        self, books: Books, address: str, connections: Iterable[Sequence[bytes]], faults: list[Exception]
    ) -> None:
        for pieces in connections:
            wire, carrier = self._begun(books, address, faults)
            for piece in pieces:
                if wire.is_open and not wire.is_paused:
                    carrier.data_received(piece)
            carrier.connection_lost(ConnectionResetError())
            await until(lambda: len(asyncio.all_tasks()) == 1)


async def until(holds: Callable[[], bool]) -> None:
    """Let the event loop turn until something holds; raises Different if it never does."""
    for _ in range(_MOST_TURNS):
        if holds():
            return
        await asyncio.sleep(0)
    raise Different("the carrier hangs")


async def answer(_: ExternalQuery) -> Answer:
    """Answer any question."""
    return Answer()


def compare(one: Heard, other: Heard, ways: str) -> None:
    """Raise Different if two ways led to different things."""
    if one != other:
        for what, mine, theirs in zip(Heard._fields, one, other, strict=True):
            if mine != theirs:
                raise Different(f"{what} {ways}:\n{mine!r}\n{theirs!r}")
