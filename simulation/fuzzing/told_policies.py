"""Policies that do what a dialogue tells them to, so that a model can foretell every decision of a gateway."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Final

from fake_gateways import persona as personas
from fake_gateways.clock import VirtualClock
from fake_gateways.gateway import Gateway
from fake_gateways.people.directory import Directory
from fake_gateways.policies.session_view import SessionView
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.auth import Credentials, Login
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import Reply
from fake_gateways.smtp.standard_replies import status_reply
from fake_gateways.truth import Cause, Fate, Truth
from fake_gateways.verdict import Disconnect, Divert, ExternalQuery, Garble, Refuse, Verdict, Wait
from fake_gateways.wording import Wording

DOMAIN: Final = "northwind.example"
STARTS: Final = 1_772_438_400.0
SIZE_LIMIT: Final = 10_000
PASSWORD: Final = "secret"  # noqa: S105 - of nobody
NONSENSE: Final = b"?? nonsense\r\n"
FILINGS: Final = {
    "junk": Fate.JUNK,
    "quarantine": Fate.QUARANTINED,
    "bounce": Fate.BOUNCED_LATER,
    "discard": Fate.DISCARDED,
}
"""Words that file a message, from the mildest to the most severe."""
ENDS: Final[dict[str, Verdict]] = {
    "refuse": Refuse(Cause.POLICY, wording=Wording(code=550, text="Refused as told")),
    "defer": Refuse(Cause.POLICY, wording=Wording(code=450, text="Deferred as told")),
    "drop": Refuse(Cause.POLICY, wording=Wording(code=450, text="Dropped as told"), closes=True),
    "cut": Disconnect(Cause.NETWORK),
    "garble": Garble(Cause.SYSTEM, NONSENSE),
}
"""Words that end a step."""
WORDS: Final = (*FILINGS, "ask", *ENDS)
"""All words, in the order in which their policies are asked. ``ask`` needs something from outside first."""
TOLD: Final = (
    *("", "", "", "", "junk", "quarantine", "bounce", "discard", "ask", "refuse", "defer", "drop", "cut", "garble"),
    *("junk.refuse", "quarantine.junk", "discard.ask.defer", "bounce.ask", "quarantine.drop", "junk.ask.cut"),
    *("bounce.garble", "ask.refuse"),
)
"""What clients may say, most often nothing."""
ADDRESSES: Final = tuple(f"192.0.2.{number}" for number in range(1, len(TOLD) + 1))
AT_CONNECT: Final = dict(zip(ADDRESSES, TOLD, strict=True))
"""What is told by the addresses of clients."""
_WAIT: Final = Wait(1.0)
_WORD: Final = re.compile(r"[a-z]+")


@lru_cache(maxsize=4096)
def told_by(text: str) -> Sequence[str]:
    """Return the words in a text."""
    return tuple(_WORD.findall(text))


def told_by_content(text: str, recipients: Iterable[str]) -> list[str]:
    """Return the words of a message. ``alice:junk`` is told only if Alice is a recipient."""
    named = {recipient.partition(".")[0] for recipient in recipients}
    words = (word.rpartition(":") for word in text.split())
    return [part for name, _, word in words if not name or name in named for part in told_by(word)]


_SEEN: Final[dict[Stage, Callable[[SessionView], Sequence[str]]]] = {
    Stage.CONNECT: lambda view: told_by(AT_CONNECT.get(view.peer_address, "")),
    Stage.EHLO: lambda view: told_by(view.helo),
    Stage.MAIL: lambda view: told_by(view.envelope.return_path.partition(".data.")[0]),
    Stage.RCPT: lambda view: told_by(view.recipient),
    Stage.DATA: lambda view: told_by(view.envelope.return_path.partition(".data.")[2]),
    Stage.END_OF_DATA: lambda view: told_by_content(view.content.decode("latin-1"), view.envelope.recipients),
}
"""Where the words for a stage are."""


class Told:
    """A policy that acts on one word at one stage."""

    def __init__(self, word: str, stage: Stage) -> None:
        self._word = word
        self._seen = _SEEN[stage]

    def judge(self, view: SessionView) -> Verdict | ExternalQuery | None:
        """Act if the word is said."""
        seen = self._seen(view)
        if self._word not in seen:
            return None
        if self._word == "ask":
            return _WAIT if view.answer(_WAIT) is None else None
        if self._word in FILINGS:
            # At RCPT a verdict is about this recipient, unless it is told to be about the whole message.
            recipient = None if "whole" in seen else view.recipient or None
            return Divert(FILINGS[self._word], Cause.CONTENT, recipient)
        return ENDS[self._word]


def _check(credentials: Credentials, opened: Callable[[Credentials], None]) -> Reply | None:
    if not credentials.proves(PASSWORD):
        return status_reply(535, "5.7.8", "Wrong password")
    opened(credentials)
    return None


_OFFERED: Final = tuple(word for word in personas.load("postfix").keywords if word not in {"CHUNKING", "ETRN"})
_PERSONA: Final = personas.load("postfix").model_copy(update={"limit": (), "keywords": _OFFERED})
"""A persona of which the standards and the usual limit say enough."""


def gateway(
    write: Callable[[Truth], None],
    post: Callable[[DeliveryReport], None],
    opened: Callable[[Credentials], None] = lambda _: None,
    *,
    lmtp: bool = False,
    wants_login: bool = False,
    wants_tls: bool = False,
) -> Gateway:
    """Return a gateway that does what it is told at every stage, and offers every extension.

    ``opened`` gets the credentials that it accepts.
    """
    made = Gateway(
        name="northwind",
        host=f"mx.{DOMAIN}",
        persona=_PERSONA,
        directory=Directory([DOMAIN], {}, catch_all=True),
        policies=(),
        claims={},
        lies=1.0,
        size_limit=SIZE_LIMIT,
        clock=VirtualClock(STARTS),
        starts=STARTS,
        seed="550:northwind",
        write=write,
        post=post,
        xclient=True,
        login=Login(check=partial(_check, opened=opened), required=lambda: wants_login, needs_tls=lambda: wants_tls),
        lmtp=lmtp,
    )
    for stage in _SEEN:
        made.policies[stage] = tuple((f"{word}@{stage}", Told(word, stage)) for word in WORDS)
    return made
