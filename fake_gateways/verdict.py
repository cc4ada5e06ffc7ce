"""What a policy may answer when it has an opinion."""

from __future__ import annotations

from dataclasses import dataclass

from fake_gateways.truth import Cause


@dataclass(frozen=True, slots=True)
class Refuse:
    """Do not take this; whether for now or for good is a matter of the persona's wording for the cause."""

    cause: Cause
    recipient: str | None = None
    """The recipient at fault when a whole message is refused for one of several."""


@dataclass(frozen=True, slots=True)
class Junk:
    """Take the message and file it into the junk folder."""


@dataclass(frozen=True, slots=True)
class Question:
    """A fact from the DNS is needed first: the edge answers it and the policy is asked again."""

    name: str
    kind: str = "A"


@dataclass(frozen=True, slots=True)
class Answer:
    """Records for a question as text, none where the name does not exist.

    ``failed`` tells a server failure or timeout from a name that is not there. ``ttl_s`` is how long to remember it.
    """

    records: tuple[str, ...] = ()
    ttl_s: float = 300.0
    failed: bool = False


Verdict = Refuse | Junk
