"""A gateway: one filter in front of one or many domains, with its policies' memories, its habits and its lies."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from fake_gateways.clock import Clock
from fake_gateways.envelope import Stage, domain_of
from fake_gateways.mailboxes import Directory
from fake_gateways.persona import Persona, Refusal, Wording
from fake_gateways.policies import AnySettings, begin
from fake_gateways.policies.case import Case, Policy
from fake_gateways.reply import Reply
from fake_gateways.session import Session
from fake_gateways.truth import Cause, Fate, Truth
from fake_gateways.verdict import Answer, Question

_ID_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Told(NamedTuple):
    """A refusal as it is told: which cause's wording, and the reply."""

    claimed: Cause
    reply: Reply


class Gateway:
    """Decides for a hidden cause, then says something; what it says is looked up under a claimed cause.

    Everything a gateway knows of the world comes in here: clock, seed, directory. Truth goes out
    through ``write`` at the moment a decision is told.
    """

    def __init__(
        self,
        *,
        name: str,
        host: str,
        persona: Persona,
        directory: Directory,
        policies: tuple[AnySettings, ...],
        claims: Mapping[Cause, Cause],
        lies: float,
        size_limit: int,
        clock: Clock,
        seed: str,
        write: Callable[[Truth], None],
    ) -> None:
        self.name = name
        self.host = host
        self.persona = persona
        self.directory = directory
        self.size_limit = size_limit
        self.clock = clock
        self._claims = claims
        self._lies = lies
        # Streams apart, so that a queue id more or less does not change who is lied to.
        self._lot = random.Random(f"{seed}:lies")  # noqa: S311 - a simulation must be repeatable
        self._ids = random.Random(f"{seed}:ids")  # noqa: S311
        self._write = write
        self._remembered: dict[Question, tuple[Answer, float]] = {}
        self._sessions = 0
        self._truths = 0
        self.policies = _by_stage(persona, policies, seed)
        # A vendor has many wordings for one cause; one installation keeps to one of them.
        self._wordings = {
            (cause, stage): random.Random(f"{seed}:{cause}:{stage}").choice(found)  # noqa: S311
            for cause in Cause
            for stage in Stage
            if (found := persona.refusals(cause, stage))
        }
        self.keywords = tuple(word.replace("{size}", str(size_limit)) for word in persona.keywords)

    def open(self, peer_address: str, peer_port: int) -> Session:
        """Begin a session with a client; nothing is said yet."""
        self._sessions += 1
        case = Case(peer_address, self._sessions, self.directory, self._recall)
        return Session(self, case, peer_port)

    def remember(self, question: Question, answer: Answer) -> None:
        """Keep an answer from the DNS for its time to live."""
        self._remembered[question] = (answer, self.clock.now() + answer.ttl_s)

    def _recall(self, question: Question, at: float) -> Answer | None:
        found = self._remembered.get(question)
        return found[0] if found is not None and at < found[1] else None

    def tell(self, cause: Cause, stage: Stage, case: Case, recipient: str) -> Told:
        """Choose what to say for a cause: its own wording, or with the gateway's share of lies a claimed one's."""
        claimed = self._claims.get(cause, cause)
        if claimed is not cause and self._lies < 1.0 and self._lot.random() >= self._lies:
            claimed = cause
        return Told(claimed, self._fill(self._wording(claimed, stage), case, recipient))

    def _wording(self, cause: Cause, stage: Stage) -> Refusal:
        # Scenarios are checked for every cause that can be told; a gateway built by hand learns it here.
        found = self._wordings.get((cause, stage))
        if found is None:
            msg = f"persona {self.persona.name} has no wording for {cause} at {stage}"
            raise LookupError(msg)
        return found

    def say(self, what: str, case: Case) -> Reply:
        """Say something of the persona's that refuses nobody, such as ``rcpt`` or ``accepted``."""
        return self._fill(getattr(self.persona.says, what), case, case.recipient)

    def _fill(self, wording: Wording, case: Case, recipient: str) -> Reply:
        if wording.plain is not None:
            return wording.plain
        fields = {
            "recipient": recipient,
            "sender": case.envelope.return_path,
            "ip": case.peer_address,
            "helo": case.helo,
            "host": self.host,
            "domain": domain_of(recipient) or self.directory.domains[0],
        }
        if "{id}" in wording.text:
            fields["id"] = "".join(self._ids.choices(_ID_ALPHABET, k=12))
        return wording.say(fields)

    def record(
        self,
        case: Case,
        peer_port: int,
        *,
        stage: Stage,
        recipient: str,
        reply: Reply,
        fate: Fate,
        cause: Cause | None = None,
        claimed: Cause | None = None,
        policy: str | None = None,
        message_id: str = "",
        after_mail: bool = True,
    ) -> None:
        """Write down a decision."""
        self._truths += 1
        self._write(
            Truth(
                self.name,
                self.host,
                self._truths,
                round(self.clock.now(), 6),
                case.session,
                case.transaction,
                stage,
                case.peer_address,
                peer_port,
                case.helo,
                case.envelope.return_path if after_mail else None,
                recipient,
                message_id,
                self._mailbox(recipient),
                cause,
                claimed,
                claimed is cause,
                fate,
                reply.code,
                str(reply.enhanced) if reply.enhanced else None,
                reply.text,
                policy,
            )
        )

    def _mailbox(self, recipient: str) -> str | None:
        return self.directory.state(recipient) if recipient and self.directory.serves(recipient) else None


def _by_stage(
    persona: Persona, policies: tuple[AnySettings, ...], seed: str
) -> dict[Stage, tuple[tuple[str, Policy], ...]]:
    """Sort policies into the persona's order and under the stage each speaks at."""
    ordered = sorted(policies, key=lambda settings: persona.order.index(settings.type))
    found: dict[Stage, list[tuple[str, Policy]]] = {stage: [] for stage in Stage}
    for number, settings in enumerate(ordered):
        policy = begin(settings, f"{seed}:{settings.type}:{number}")
        found[settings.at or persona.at[settings.type]].append((settings.type, policy))
    return {stage: tuple(named) for stage, named in found.items()}
