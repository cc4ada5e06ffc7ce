"""The verdicts that a policy may return, and the queries that it may need answered first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fake_gateways.smtp.reply import EnhancedStatus
from fake_gateways.truth import Cause, Fate
from fake_gateways.wording import Wording


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse. The persona's wording for the cause decides whether it is permanent or temporary."""

    cause: Cause
    recipient: str | None = None
    """The recipient at fault if a whole message is refused because of one of several recipients."""
    claimed: Cause | None = None
    """The cause that the gateway itself believes in, if it is mistaken, as with an outdated directory."""
    wording: Wording | None = None
    """The reply, if the policy brings its own."""
    backend: str | None = None
    """The persona of the server behind the gateway, if the gateway repeats the reply of that server."""
    closes: bool = False
    """Whether the gateway closes the connection; a temporary refusal then has code 421 (RFC 5321 section 3.8)."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close the connection without a reply."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Garble:
    """Send ``octets`` that are not a valid reply."""

    cause: Cause
    octets: bytes


@dataclass(frozen=True, slots=True)
class Divert:
    """Accept the message, but do not deliver it to the inbox. A later policy may still refuse it.

    ``recipient`` is the recipient it applies to, None for all recipients of the message.
    """

    fate: Fate
    cause: Cause
    recipient: str | None = None
    refusal: Refuse | None = None
    """The refusal that the delivery report tells of; by default it is for the cause alone."""
    status: EnhancedStatus | None = None
    """The status of the delivery report, if it is not the reply's."""


@dataclass(frozen=True, slots=True)
class DelayRefusal:
    """If another policy refuses, delay the refusal by some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Question:
    """A DNS question. The caller fetches the answer and asks the policy again."""

    name: str
    kind: str = "A"


@dataclass(frozen=True, slots=True)
class Scan:
    """A question to a real content filter."""

    scanner: str
    content: bytes
    peer_address: str
    helo: str
    return_path: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait, in seconds. Its Answer has no records."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query. ``records`` are text, and empty if the name does not exist.

    ``failed`` means a server failure or a timeout. ``ttl_s`` is how long the answer may be cached, in seconds.
    """

    records: tuple[str, ...] = ()
    ttl_s: float = 300.0
    failed: bool = False


UNANSWERED: Final = Answer(failed=True, ttl_s=0.0)
"""The answer of a server that does not answer, or fails; nobody remembers it."""

ExternalQuery = Question | Scan | Wait
Verdict = Refuse | Disconnect | Garble | Divert | DelayRefusal
