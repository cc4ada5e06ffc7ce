"""One gateway without sockets: its clock, its names, its book of truths, and a client that talks to it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from fake_gateways import persona as personas
from fake_gateways.clock import VirtualClock
from fake_gateways.dns.zone import World
from fake_gateways.gateway import Gateway
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.persona import Persona
from fake_gateways.policies import KINDS
from fake_gateways.policies.content import ContentSettings, Rule
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.policies.policy import Settings
from fake_gateways.policies.relay import RelaySettings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.reports.settings import Reports
from fake_gateways.session import Answered, open_session
from fake_gateways.session.lmtp import open_lmtp_session
from fake_gateways.smtp.auth import Login
from fake_gateways.smtp.reply import Reply
from fake_gateways.truth import Cause, Truth
from fake_gateways.verdict import Answer, Question, Wait
from fake_gateways.wording import Wording

STARTS = 1_772_438_400.0
DOMAIN = "northwind.example"
ALICE, BORIS, CLARA, DORIS = (f"{name}@{DOMAIN}" for name in ("alice", "boris", "clara", "doris"))
ERIC = f"eric@{DOMAIN}"
STAFF = {
    ALICE: MailboxState.PRESENT,
    BORIS: MailboxState.PRESENT,
    CLARA: MailboxState.DEPARTED,
    DORIS: MailboxState.FULL,
    ERIC: MailboxState.DISABLED,
}
STRANGER = "anna@elsewhere.example"
RETURN_PATH = "bounce@messenger.example"
PEER = "127.10.0.1"

FILTER = ContentSettings(
    type="content",
    refuse_at=7.0,
    junk_at=4.0,
    rules=(
        Rule(where="subject", pattern="lottery", points=8.0),
        Rule(where="subject", pattern="newsletter", points=4.0),
    ),
)
CLEAN = b"Subject: Minutes\r\nMessage-ID: <1@messenger.example>\r\n\r\nAs agreed.\r\n"
JUNK = CLEAN.replace(b"Minutes", b"Newsletter")
SPAM = CLEAN.replace(b"Minutes", b"Lottery")


def policy(kind: str, **settings: Any) -> Settings:
    """Return a policy's settings as a scenario would give them; ``from_`` stands for ``from``."""
    return KINDS[kind].model_validate({"type": kind, **{key.rstrip("_"): value for key, value in settings.items()}})


def session_view(
    *, peer: str = PEER, states: Mapping[str, MailboxState] | None = None, catch_all: bool = False, session: int = 1
) -> SessionView:
    """Return the beginning of a dialogue for a policy to judge; no answer from the DNS is remembered."""
    directory = Directory([DOMAIN], dict(STAFF if states is None else states), catch_all)
    return SessionView(peer, session, directory, lambda _question, _at: None, at=STARTS)


@dataclass
class LoneGateway:
    """A gateway in front of ``northwind.example`` whose staff is in five states."""

    persona: str | Persona = "mimecast"
    policies: Iterable[Settings] = ()
    claims: Mapping[Cause, Cause] = field(default_factory=dict)
    words: Mapping[Cause, Wording] = field(default_factory=dict)
    lies: float = 1.0
    seed: str = "550:northwind"
    size_limit: int = 10_000
    states: Mapping[str, MailboxState] = field(default_factory=lambda: STAFF)
    catch_all: bool = False
    has_directory: bool = True
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(STARTS))
    world: World = field(default_factory=World)
    truths: list[Truth] = field(default_factory=list)
    reports: list[DeliveryReport] = field(default_factory=list)
    xclient: bool = False
    lmtp: bool = False
    login: Login | None = None
    reported: Reports | None = None

    def __post_init__(self) -> None:
        self.gateway = Gateway(
            name="northwind",
            host=f"mx.{DOMAIN}",
            persona=personas.load(self.persona) if isinstance(self.persona, str) else self.persona,
            directory=Directory([DOMAIN], dict(self.states), self.catch_all),
            policies=(*self.policies, RelaySettings(), *([DirectorySettings()] if self.has_directory else [])),
            claims=self.claims,
            words=self.words,
            lies=self.lies,
            size_limit=self.size_limit,
            clock=self.clock,
            starts=STARTS,
            seed=self.seed,
            write=self.truths.append,
            post=self.reports.append,
            reports=self.reported,
            xclient=self.xclient,
            lmtp=self.lmtp,
            login=self.login,
        )

    def call(self, peer: str = PEER, *, helo: str | None = "mta1.messenger.example") -> Client:
        """Open a session; with ``helo`` None, do not say EHLO, nor LHLO."""
        client = Client(self, peer)
        if helo is not None:
            client.say(f"{'LHLO' if self.lmtp else 'EHLO'} {helo}")
        return client


class Client:
    """The client's side of one session.

    ``asked`` are the names that the gateway wanted from the DNS, ``waited_s`` is how long it let the client wait.
    """

    def __init__(self, lone: LoneGateway, peer: str) -> None:
        self._lone = lone
        begin = open_lmtp_session if lone.lmtp else open_session
        self.session = begin(lone.gateway, peer, 40_000)
        self.asked: list[str] = []
        self.waited_s = 0.0
        self.greeting = self._hear(self.session.greet())

    def say(self, line: str | bytes) -> Reply:
        """Send a command line."""
        return self._hear(self.session.command(line.encode() if isinstance(line, str) else line))

    def send(self, content: bytes) -> Reply:
        """Send a message after a 354."""
        return self._hear(self.session.content(content))

    def mail(self, *recipients: str, return_path: str = RETURN_PATH) -> list[Reply]:
        """Begin a transaction; return the replies to MAIL and to every RCPT."""
        return [self.say(f"MAIL FROM:<{return_path}>"), *(self.say(f"RCPT TO:<{to}>") for to in recipients)]

    def deliver(self, *recipients: str, content: bytes = CLEAN, return_path: str = RETURN_PATH) -> Reply:
        """Carry out a transaction; return the last reply, which is the first that agreed to nothing."""
        for reply in self.mail(*recipients, return_path=return_path):
            if not reply.accepts:
                return reply
        go_ahead = self.say("DATA")
        return self.send(content) if go_ahead.code == 354 else go_ahead

    def _hear(self, answered: Answered) -> Reply:
        lone = self._lone
        if not isinstance(answered, Generator):
            return cast("Reply", answered)
        try:
            query = next(answered)
            while True:
                answer = Answer()
                match query:
                    case Question():
                        self.asked.append(query.name)
                        answer = lone.world.answer(query, lone.clock.now())
                    case Wait():
                        self.waited_s += query.seconds
                        lone.clock.pass_by(query.seconds)
                query = answered.send(answer)
        except StopIteration as finished:
            reply: Reply = finished.value
            return reply
