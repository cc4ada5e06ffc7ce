"""A gateway: one mail filter in front of one or more domains, with its policies, its persona and its lies."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from fake_gateways import persona as personas
from fake_gateways.clock import Clock
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.people.readers import Audience, Engagement, Reaction
from fake_gateways.persona import Persona, Refusal
from fake_gateways.policies import begin
from fake_gateways.policies.guard import observer_of
from fake_gateways.policies.policy import Observer, Policy, Settings
from fake_gateways.policies.session_view import Decision, SessionView, without_zone
from fake_gateways.reports.delivery_report import DeliveryReport, write_report
from fake_gateways.reports.dsn import Undelivered
from fake_gateways.reports.settings import Reports
from fake_gateways.reports.vacation_and_arf import Received, complaint, vacation_note
from fake_gateways.smtp.auth import Login
from fake_gateways.smtp.envelope import BEFORE_RCPT, Stage, domain_of
from fake_gateways.smtp.queue_id import ID_BITS, spelled
from fake_gateways.smtp.reply import Reply, WordedLater
from fake_gateways.truth import Cause, Fate, Truth
from fake_gateways.verdict import Answer, Question, Refuse
from fake_gateways.wording import Wording

MOST_REMEMBERED: Final = 10_000
"""DNS answers to remember: a client may name any domain."""
_OF_THE_CLIENT: Final = frozenset({"host", "ip", "helo"})
"""The placeholders that mean the same in every session of a client."""
_OF_THE_RECIPIENT: Final = frozenset({"recipient", "local_part", "domain"})
"""The placeholders that mean nothing before RCPT."""
_NO_WORDS: Final[Mapping[Cause, Wording]] = {}
_MOST_TOLD: Final = 1024
"""Replies to remember: a client may give any name."""


class WordedRefusal(NamedTuple):
    """The reply that refuses, and the cause whose wording it uses."""

    claimed: Cause
    reply: Reply


class Gateway:
    """Decides for a true cause, which stays hidden. Its reply has the wording of the claimed cause.

    All inputs are arguments: clock, seed, directory. ``write`` gets the truth of each decision at once. ``post`` gets
    delivery reports when the message is accepted, and the vacation notes and complaints of the ``audience``. ``engage``
    gets its opens and clicks. ``starts`` is the scenario's start, in seconds since the epoch. With ``xclient`` any
    client may present another address. With ``lmtp`` it speaks LMTP instead of SMTP. ``words`` are those of lies about
    a cause, in place of the persona's; they are not used before RCPT if they name the recipient.
    """

    def __init__(
        self,
        *,
        name: str,
        host: str,
        persona: Persona,
        directory: Directory,
        policies: tuple[Settings, ...],
        claims: Mapping[Cause, Cause],
        words: Mapping[Cause, Wording] = _NO_WORDS,
        lies: float,
        size_limit: int,
        clock: Clock,
        starts: float,
        seed: str,
        write: Callable[[Truth], None],
        post: Callable[[DeliveryReport], None],
        reports: Reports | None = None,
        xclient: bool = False,
        address: str = "",
        audience: Audience | None = None,
        engage: Callable[[Engagement], None] = lambda _: None,
        login: Login | None = None,
        lmtp: bool = False,
    ) -> None:
        self.name = name
        self.host = host
        self.address = address
        self.persona = persona
        self.directory = directory
        self.size_limit = size_limit
        self.clock = clock
        self.connections: Counter[str] = Counter()
        self._claims = claims
        self._words = words
        self._lies = lies
        self._seed = seed
        # Separate random streams, so that the number of queue ids does not change which refusals are lies.
        self._lie_draws = random.Random(f"{seed}:lies")  # noqa: S311 - a simulation must be repeatable
        self._ids = random.Random(f"{seed}:ids")  # noqa: S311
        self._write = write
        self._post = post
        self.audience = audience
        self._engage = engage
        self._engaged = 0
        self.reports = reports or persona.reports
        self._remembered: dict[Question, tuple[Answer, float]] = {}
        self._wordings: dict[tuple[Cause, Stage, str], Refusal] = {}
        self._told: dict[tuple[str, str, str], Reply] = {}
        self._sessions = 0
        self._truths = 0
        self._posted = 0
        self.policies = _by_stage(persona, policies, seed, starts)
        asked = (policy for named in self.policies.values() for _, policy in named)
        self._observers: tuple[Observer, ...] = tuple(filter(None, map(observer_of, asked)))
        keywords = tuple(word.replace("{size}", str(size_limit)) for word in persona.keywords)
        self.login = login
        self.lmtp = lmtp
        keywords += () if login is None else (login.keyword,)
        self.keywords = (*keywords, "XCLIENT NAME ADDR PORT PROTO HELO") if xclient else keywords
        self.limits = persona.limits
        self.verbs = frozenset(word.partition(" ")[0] for word in self.keywords)

    def offer(self, *keywords: str) -> None:
        """Offer further extensions in the reply to EHLO."""
        self.keywords = tuple(dict.fromkeys((*self.keywords, *keywords)))
        self.verbs = frozenset(word.partition(" ")[0] for word in self.keywords)

    def ask_first(self, name: str, policy_at: Callable[[Stage], Policy]) -> None:
        """Ask a policy before all others at every stage."""
        self.policies = {stage: ((name, policy_at(stage)), *named) for stage, named in self.policies.items()}

    def observe(self, observer: Observer) -> None:
        """Tell an observer of every decision from now on."""
        self._observers = (*self._observers, observer)

    def connect(self, peer_address: str) -> SessionView:
        """Count a new connection of a client, and return what the policies will see of its session."""
        self._sessions += 1
        peer_address = without_zone(peer_address)
        self.connections[peer_address] += 1
        return SessionView(peer_address, self._sessions, self.directory, self._recall, self.connections)

    def disconnect(self, peer_address: str) -> None:
        """Count a connection of a client as closed."""
        self.connections[peer_address] -= 1
        if not self.connections[peer_address]:
            del self.connections[peer_address]

    def challenge(self) -> bytes:
        """Return a challenge of CRAM-MD5, different each time (RFC 2195 section 2)."""
        return f"<{self._ids.getrandbits(64)}.{self.clock.now():.0f}@{self.host}>".encode()

    def remember(self, question: Question, answer: Answer) -> None:
        """Cache a DNS answer for its time to live, in place of the oldest one if there are too many."""
        self._remembered.pop(question, None)
        if len(self._remembered) >= MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[question] = (answer, self.clock.now() + answer.ttl_s)

    def _recall(self, question: Question, at: float) -> Answer | None:
        found = self._remembered.get(question)
        return found[0] if found is not None and at < found[1] else None

    def word_refusal(
        self, verdict: Refuse, stage: Stage, view: SessionView, recipient: str, policy: str = ""
    ) -> WordedRefusal:
        """Return the reply for a refusal, in the words of its cause or, with the share of lies, of the claimed one."""
        believed = verdict.claimed or verdict.cause
        claimed = self._claims.get(verdict.cause, believed)
        if claimed is not believed and self._lies < 1.0 and self._lie_draws.random() >= self._lies:
            claimed = believed
        words = self._words.get(verdict.cause) if claimed is not verdict.cause else None
        if words is not None and not (stage in BEFORE_RCPT and words.names & _OF_THE_RECIPIENT):
            return WordedRefusal(claimed, self._fill(words, view, recipient))
        if verdict.wording is not None and claimed is believed:
            return WordedRefusal(claimed, self._fill(verdict.wording, view, recipient))
        if verdict.backend is not None and claimed is believed:
            return WordedRefusal(claimed, self._repeat(verdict.backend, claimed, stage, view, recipient))
        honest = policy if claimed is verdict.cause else ""
        return WordedRefusal(claimed, self._fill(self._wording(claimed, stage, honest), view, recipient))

    def _wording(self, cause: Cause, stage: Stage, policy: str = "") -> Refusal:
        found = self._wordings.get((cause, stage, policy))
        if found is None:
            # A vendor has several wordings for one cause. One installation always uses the same one.
            draw = random.Random(f"{self._seed}:{cause}")  # noqa: S311
            found = self._wordings[cause, stage, policy] = draw.choice(self.persona.refusals(cause, stage, policy))
        return found

    def _repeat(self, backend: str, cause: Cause, stage: Stage, view: SessionView, recipient: str) -> Reply:
        """Repeat the reply of the server behind the gateway, in the vendor's own frame if it has one."""
        reply = self._fill(personas.load(backend).refusals(cause, Stage.RCPT)[0], view, recipient)
        frame = self.persona.repeats(cause, stage)
        return reply if frame is None else self._fill(frame, view, recipient, str(reply))

    def say(self, view: SessionView, what: str) -> Reply:
        """Return a reply of the persona that is not a refusal for a cause, such as ``rcpt`` or ``accepted``."""
        wording: Wording = getattr(self.persona.says, what)
        if wording.plain is not None:
            return wording.plain
        if not wording.names <= _OF_THE_CLIENT:
            return self._fill(wording, view, view.recipient)
        told = (what, view.peer_address, view.helo)
        reply = self._told.get(told)
        if reply is None:
            if len(self._told) >= _MOST_TOLD:
                self._told.clear()
            reply = self._told[told] = self._fill(wording, view, "")
        return reply

    def word(self, view: SessionView, wording: Wording, recipient: str = "") -> Reply:
        """Return a reply of the persona that tells of no decision."""
        return self._fill(wording, view, recipient)

    def _fill(self, wording: Wording, view: SessionView, recipient: str, backend: str = "") -> Reply:
        """Return the reply of a wording. Its text is made when it is read, from what is known now."""
        if wording.plain is not None:
            return wording.plain
        names = wording.names
        drawn = self._ids.getrandbits(ID_BITS) if "id" in names else 0
        sender, ip, helo = view.envelope.return_path, view.peer_address, view.helo

        def word() -> Reply:
            fields = {"recipient": recipient, "sender": sender, "ip": ip, "helo": helo, "host": self.host}
            fields["backend"] = backend
            if "id" in names:
                fields["id"] = spelled(drawn)
            if "local_part" in names:
                fields["local_part"] = recipient.rpartition("@")[0] or recipient
            if "domain" in names:
                fields["domain"] = domain_of(recipient) or self.directory.domains[0]
            if "sender_domain" in names:
                fields["sender_domain"] = domain_of(sender)
            return wording.say(fields)

        return WordedLater(wording.code, wording.enhanced, word)

    def record(
        self,
        view: SessionView,
        peer_port: int,
        *,
        stage: Stage,
        recipient: str,
        reply: Reply | None,
        fate: Fate,
        cause: Cause | None = None,
        claimed: Cause | None = None,
        policy: str | None = None,
        message_id: str = "",
        after_mail: bool = True,
    ) -> None:
        """Record a decision, and pass it to the policies that learn from decisions."""
        self._truths += 1
        self._write(
            Truth(
                gateway=self.name,
                host=self.host,
                address=self.address,
                seq=self._truths,
                at=round(self.clock.now(), 6),
                session=view.session,
                transaction=view.transaction,
                stage=stage,
                peer_address=view.peer_address,
                peer_port=peer_port,
                helo=view.helo,
                return_path=view.envelope.return_path if after_mail else None,
                recipient=recipient,
                message_id=message_id,
                mailbox=self._mailbox(recipient),
                cause=cause,
                claimed=claimed,
                honest=claimed is None or claimed is cause,
                fate=fate,
                code=reply.code if reply else 0,
                enhanced=str(reply.enhanced) if reply and reply.enhanced else None,
                text=reply.text if reply else "",
                policy=policy,
            )
        )
        for observer in self._observers:
            observer.notice(view, Decision(recipient, stage, cause, fate))

    def report(self, view: SessionView, undelivered: tuple[Undelivered, ...]) -> None:
        """Send a delivery report to the return-path of the current message, which must not be the null one."""
        self._posted += 1
        report = write_report(
            view, undelivered, self.reports, gateway=self.name, host=self.host, seq=self._posted, now=self.clock.now()
        )
        self._post(report)
        if self.reports.twice:
            self._post(report)

    def arrived(self, view: SessionView, recipient: str, message_id: str) -> None:
        """Simulate opens, clicks, complaints and vacation notes for a delivered message."""
        now = self.clock.now()
        if self.audience is None or self._mailbox(recipient) != MailboxState.PRESENT:
            return
        return_path = view.envelope.return_path
        for reaction, after_s in self.audience.react(recipient, message_id):
            at = round(now + after_s, 6)
            if reaction in {Reaction.OPENED, Reaction.CLICKED}:
                self._engaged += 1
                engagement = Engagement(self.name, self._engaged, at, reaction, recipient, return_path, message_id)
                self._engage(engagement)
            elif return_path:  # no automatic answer goes to the null return-path (RFC 3834 section 2)
                self._posted += 1
                number = f"{self.name}.{self._posted}"
                received = Received(self.host, at, now, number, return_path, recipient, view.peer_address, view.content)
                kind, content = (
                    ("auto-reply", vacation_note(received))
                    if reaction is Reaction.ANSWERED
                    else ("complaint", complaint(received))
                )
                self._post(
                    DeliveryReport(
                        self.name, self.host, self._posted, at, return_path, recipient, kind, content.decode("latin-1")
                    )
                )

    def _mailbox(self, recipient: str) -> str | None:
        return (
            self.directory.state(recipient, self.clock.now())
            if recipient and self.directory.serves(recipient)
            else None
        )


def _by_stage(
    persona: Persona, policies: tuple[Settings, ...], seed: str, starts: float
) -> dict[Stage, tuple[tuple[str, Policy], ...]]:
    """Return the policies by the stage they are asked at, in the persona's order."""
    found: dict[Stage, list[tuple[str, Policy]]] = {stage: [] for stage in Stage}
    for number, settings in enumerate(sorted(policies, key=persona.rank_of)):
        policy = begin(settings, f"{seed}:{settings.kind}:{number}", starts)
        for stage in settings.asked_at or (persona.stage_of(settings),):
            found[stage].append((settings.kind, policy))
    return {stage: tuple(named) for stage, named in found.items()}
