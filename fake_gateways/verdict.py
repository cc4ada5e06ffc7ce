"""What a policy may answer when it has an opinion, and what it may ask for first."""

from __future__ import annotations

from dataclasses import dataclass

from fake_gateways.truth import Cause, Fate
from fake_gateways.wording import Wording


@dataclass(frozen=True, slots=True)
class Refuse:
    """Do not take this; whether for now or for good is a matter of the persona's wording for the cause."""

    cause: Cause
    recipient: str | None = None
    """The recipient at fault when a whole message is refused for one of several."""
    claimed: Cause | None = None
    """What the gateway itself takes for the cause, where it is mistaken: a stale directory believes what it says."""
    wording: Wording | None = None
    """What is said, where that is the policy's own to know."""
    backend: str | None = None
    """The persona of the server behind the gateway, where the gateway repeats that one's words."""
    closes: bool = False
    """Whether the gateway hangs up, and says so with 421 if it refuses for now (RFC 5321 3.8)."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Hang up without a word."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Garble:
    """Say something that is no proper reply; ``octets`` go over the wire as they are."""

    cause: Cause
    octets: bytes


@dataclass(frozen=True, slots=True)
class Divert:
    """Take the message, and put it where its reader will hardly or never see it; a later policy may still refuse it.

    ``recipient`` is the one meant, None for all recipients of the message.
    """

    fate: Fate
    cause: Cause
    recipient: str | None = None
    wording: Wording | None = None
    """What a report says, where that is the policy's own to know."""


@dataclass(frozen=True, slots=True)
class DelayRefusal:
    """Should this be refused, then only after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Question:
    """A fact from the DNS is needed first: the edge answers it and the policy is asked again."""

    name: str
    kind: str = "A"


@dataclass(frozen=True, slots=True)
class Scan:
    """A real content filter's opinion is needed first."""

    scanner: str
    content: bytes
    peer_address: str
    helo: str
    return_path: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Time has to pass first, in seconds; an Answer without records says that it has."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Records for a question as text, none where the name does not exist.

    ``failed`` tells a server failure or timeout from a name that is not there. ``ttl_s`` is how long to remember it.
    """

    records: tuple[str, ...] = ()
    ttl_s: float = 300.0
    failed: bool = False


ExternalQuery = Question | Scan | Wait
Verdict = Refuse | Disconnect | Garble | Divert | DelayRefusal
