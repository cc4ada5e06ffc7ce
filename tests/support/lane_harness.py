"""One lane on a bench: a gateway in memory, a sender, and everything that passes between them on virtual time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_gateways import persona as personas
from fake_gateways.clock import VirtualClock
from fake_gateways.dns.zone import World
from fake_gateways.gateway import Gateway
from fake_gateways.needs import QueryHandler
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.command import Command
from fake_gateways.smtp.reply import Reply
from fake_gateways.truth import Cause, Truth
from fake_gateways.verdict import Answer, Question
from probe.records.attempt import Attempt, Failure
from probe.scenario.model import GatewaySpec
from probe.scenario.sending import Sender
from probe.sender.lane import Lane
from probe.sender.lane_schedule import Transaction
from probe.sender.messages import MessageBuilder, MessageFile
from probe.sender.recipients import Delivery
from probe.sender.resume import RemainingWork
from probe.sender.routes import Routes
from probe.sender.template import Template
from probe.sender.transport import Line, LineError
from probe.sender.transport.memory import MemoryTransport, UnreachableTransport

STARTS = 1_772_438_400.0
SOURCE = "127.10.0.1"
ADDRESS = "127.1.0.1"
MESSAGE = Template(b"From: news@sender.example\r\nSubject: Hello\r\n\r\nHello.\r\n", "news.eml")


@dataclass
class Connection:
    """A connection as the lane used it, in seconds from the start; ``closed`` is None while it is open."""

    source: str
    opened: float
    port: int
    closed: float | None = None
    commands: list[bytes] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)


@dataclass
class WatchedLine:
    """A line that notes what is said over it and when it is closed."""

    line: Line
    connection: Connection
    clock: VirtualClock

    @property
    def greeting(self) -> Reply:
        """The greeting."""
        return self.line.greeting

    @property
    def keywords(self) -> frozenset[str]:
        """What the gateway offers."""
        return self.line.keywords

    @property
    def local_port(self) -> int:
        """The sender's port."""
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
        return await self.line.hello()

    async def encrypt(self) -> Reply:
        """Say STARTTLS."""
        self.connection.commands.append(b"STARTTLS")
        return await self.line.encrypt()

    async def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        """Pass commands on."""
        self.connection.commands += (command.octets for command in commands)
        return await self.line.exchange(commands)

    async def send(self, content: bytes) -> Reply:
        """Pass content on."""
        self.connection.contents.append(content)
        return await self.line.send(content)

    async def close(self) -> None:
        """Close, and note when."""
        self.connection.closed = self.clock.now() - STARTS
        await self.line.close()


@dataclass
class WatchedTransport:
    """The way to the gateway, noting every connection; the first ``unreachable`` attempts to connect fail."""

    transport: MemoryTransport
    clock: VirtualClock
    connections: list[Connection]
    unreachable: int = 0

    async def connect(self, source: str, helo: str) -> WatchedLine:
        """Connect, or fail."""
        if self.unreachable:
            self.unreachable -= 1
            raise LineError(Failure.UNREACHABLE, "Connection refused")
        line = await self.transport.connect(source, helo)
        connection = Connection(source, self.clock.now() - STARTS, line.local_port)
        self.connections.append(connection)
        return WatchedLine(line, connection, self.clock)


@dataclass
class Run:
    """What came of a run: both books, the connections, and how many recipients were finished with."""

    attempts: list[Attempt] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    reports: list[DeliveryReport] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    finished: int = 0

    @property
    def began(self) -> list[float]:
        """When each attempt began, in seconds from the start."""
        return [round(attempt.at - STARTS, 6) for attempt in self.attempts]

    @property
    def ended(self) -> list[float]:
        """When each attempt ended, in seconds from the start."""
        return [round(attempt.at - STARTS + attempt.duration_s, 6) for attempt in self.attempts]


def due(*moments: float, recipient: str = "ann@acme.example", source: str = SOURCE) -> list[Transaction]:
    """Return a delivery for each moment, counted from the start; they all go to one recipient."""
    return [(Delivery("news", number, recipient, STARTS + at, source, {}),) for number, at in enumerate(moments)]


def sender(**keys: Any) -> Sender:
    """Return a sender from one address."""
    base = {"helo": "mta1.sender.example", "return_path": "bounce.sender.example", "rate": "1/1s"}
    return Sender.model_validate({**base, "ips": [{"address": SOURCE}], **keys})


def run(
    deliveries: list[Transaction],
    *,
    persona: str = "cisco-esa",
    mailboxes: Mapping[str, str] | None = None,
    policy: Sequence[dict[str, Any]] = (),
    claims: Mapping[Cause, Cause] | None = None,
    round_trip_s: float = 0.0,
    unreachable: int = 0,
    names: Sequence[tuple[str, str, str]] = (),
    prepare: Callable[[Lane], None] = lambda _: None,
    remaining: RemainingWork | None = None,
    **keys: Any,
) -> Run:
    """Let a lane carry out deliveries; ``keys`` are the sender's, ``names`` are records. Nothing real is waited for.

    ``remaining`` is what an interrupted run left to do, in place of the deliveries.
    """
    done = Run()
    clock = VirtualClock(STARTS)
    states = {name: MailboxState(state) for name, state in (mailboxes or {"ann@acme.example": "present"}).items()}
    spec = GatewaySpec.model_validate(
        {"name": "acme", "persona": persona, "domains": ["acme.example"], "policy": [*policy, {"type": "directory"}]}
    )
    gateway = Gateway(
        name="acme",
        host="mx.acme.example",
        persona=personas.load(persona),
        directory=Directory(spec.domains, states),
        policies=spec.policy,
        claims=claims or {},
        lies=1.0,
        size_limit=100_000,
        clock=clock,
        starts=STARTS,
        seed="7",
        write=done.truths.append,
        post=done.reports.append,
        address=ADDRESS,
    )
    world = World()
    world.add_host("mx.acme.example", ADDRESS)
    world.add("acme.example", "MX", "10 mx.acme.example.")
    for name, kind, value in names:
        world.add(name, kind, value)

    async def ask(question: Question) -> Answer:
        return world.answer(question, clock.now())

    known = sender(**keys)
    transport = WatchedTransport(
        MemoryTransport(gateway, QueryHandler(ask, clock.sleep, patience_s=known.patience)),
        clock,
        done.connections,
        unreachable,
    )
    lane = Lane(
        name="acme",
        reach=lambda to: transport if to.address == ADDRESS else UnreachableTransport(),
        routes=Routes(ask, "7"),
        sender=known,
        messages=MessageBuilder(known.helo, known.return_path, {"news": (MessageFile("news.eml", MESSAGE),)}),
        clock=clock,
        round_trip_s=round_trip_s,
        write=done.attempts.append,
        note=lambda _, final: _count(done, final=final),
    )
    prepare(lane)
    at_once(lane.run(deliveries, remaining))
    return done


def _count(done: Run, *, final: bool) -> None:
    done.finished += final


def at_once(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine without an event loop, so that whoever waits for something real fails the test."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    msg = "the lane waited for something real"
    raise AssertionError(msg)
