"""What others would say of a refused recipient's mailbox: the rules of two verifiers, and classifiers that only read.

The rules are re-implemented in a few lines each, from what the projects' documents and sources say; they are not their
code. Where a rule has a list of words, fivefifty's own list for the same meaning takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import BEFORE_RCPT
from fake_gateways.truth import Cause, Fault
from probe.classify.by_code import ByCode
from probe.classify.context import Context
from probe.classify.context.words import ReplyTopics, pattern_of, topics_in
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Reading
from probe.records.attempt import Attempt, Outcome
from probe.sender.transaction import Result


class Verdict(NamedTuple):
    """Whether a mailbox is said to be alive, None for unknown, and how many recipients were asked about to find out."""

    alive: bool | None
    probes: int


Rules = Callable[[str, str], Generator[str, Result, bool | None]]
"""Takes the recipient and a random one of its domain. Yields whom to ask about next, and is told the reply; returns
whether the mailbox is alive, None if that is unknown. The random one begins a new connection, the recipient does not.
"""

_ATTEMPTS_OF_REACHER: Final = 2
_NOT_PERMITTED: Final = "5.7.1"
_BLOCKED: Final = ("banned", "blocked", "denied")


def reacher(recipient: str, random: str) -> Generator[str, Result, bool | None]:
    """Follow reacherhq/check-if-email-exists 0.11.7 (core/src/smtp/connect.rs and parser.rs).

    A random address that is taken makes the domain a catch-all ("risky"). Words that say that the mailbox does not
    exist or is disabled make it invalid, and so does any permanent 5.7.1; a full mailbox is "risky". Anything else is
    tried again at once, and is unknown then.
    """
    for _ in range(_ATTEMPTS_OF_REACHER):
        control = yield random
        if control.stage in BEFORE_RCPT:
            continue
        if control.outcome is Outcome.DELIVERED:
            return None
        asked = yield recipient
        if asked.reply is None:
            continue
        if asked.outcome is Outcome.DELIVERED:
            return True
        cause = _topics(asked, recipient).cause
        if cause is Cause.MAILBOX_FULL:
            return None
        if cause is not None and cause.fault is Fault.RECIPIENT:
            return False
        if asked.outcome is Outcome.REFUSED and str(asked.reply.enhanced) == _NOT_PERMITTED:
            return False
    return None


def after_ship(recipient: str, random: str) -> Generator[str, Result, bool | None]:
    """Follow AfterShip/email-verifier (smtp.go and error.go).

    If the random address is refused with words that say that it does not exist, or with a 550 that does not speak of a
    block, the domain is no catch-all; then any reply but a positive one means that the recipient does not exist.
    Otherwise it is unknown.
    """
    control = yield random
    if control.stage in BEFORE_RCPT or control.reply is None or control.outcome is Outcome.DELIVERED:
        return None
    topics = _topics(control, random)
    is_blocked = topics.mentions_list or any(word in topics.pattern for word in _BLOCKED)
    says_unknown = topics.cause is not None and topics.cause.fault is Fault.RECIPIENT
    if not (says_unknown or (control.reply.code == 550 and not is_blocked)):
        return None
    return (yield recipient).outcome is Outcome.DELIVERED


def passive(attempts: Iterable[Attempt], recipient: str) -> dict[str, Verdict]:
    """Return what the classifiers ``context`` and ``code`` say who read the attempts of a campaign, and ask nobody."""
    by_recipient: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_recipient.setdefault(attempt.recipient, []).append(attempt)
    campaign = {each: Evidence(each, tuple(tried)) for each, tried in by_recipient.items()}
    return {
        "context": _verdict(Context().classify_campaign(campaign)[recipient]),
        "code": _verdict(ByCode().classify(campaign[recipient])),
    }


def _verdict(reading: Reading) -> Verdict:
    return Verdict(None if reading.advice is Advice.RETEST else not reading.suppress, 0)


def _topics(result: Result, recipient: str) -> ReplyTopics:
    return topics_in(pattern_of("" if result.reply is None else result.reply.text, recipient))
