"""The few kinds of replies that a diagnosis tells apart."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import BEFORE_RCPT, Stage
from fake_gateways.truth import Cause, Fault
from probe.classify.by_code import cause_of_numbers
from probe.classify.context.words import pattern_of, topics_in
from probe.records.attempt import Failure, Outcome
from probe.sender.transaction import Result


class Answer(StrEnum):
    """What a gateway answered."""

    TAKEN = "taken"
    DEFERRED = "deferred"
    UNKNOWN_RECIPIENT = "unknown-recipient"
    """Refused, and the words or else the code say that the recipient does not exist or moved."""
    REFUSED = "refused"
    """Refused with any other words."""
    CLOSED = "closed"
    """The connection was closed or could not be opened, or what came was no SMTP."""
    SILENT = "silent"


class Place(StrEnum):
    """Where in the dialogue the answer came."""

    BEFORE_RCPT = "before-rcpt"
    RCPT = "rcpt"
    CONTENT = "content"


_TOO_MANY_UNKNOWN: Final = (
    r"\bharvest|\btoo many errors\b"
    r"|\btoo many\W+(?:\w+\W+){0,2}?(?:invalid|unknown|bad|wrong|non-?existent)\W+(?:\w+\W+)?(?:recipient|address|user)"
)
_TOO_FAST: Final = r"\btoo much mail\b|\brate\b.*\b(?:exceed|limit)|\b(?:exceed|limit)\w*\b.*\brate\b|\bthrottl"
_NAMES: Final = (
    (Cause.DIRECTORY_HARVEST, re.compile(_TOO_MANY_UNKNOWN)),
    (Cause.VIRUS, re.compile(r"\b(?:virus(?:es)?|malware|trojan|infected)\b")),
    (Cause.TLS_REQUIRED, re.compile(r"\bstarttls\b|\b(?:tls|encryption)\b.*\b(?:requir\w*|need\w*|must)\b")),
    (
        Cause.AUTHENTICATION,
        re.compile(r"\b(?:spf|dkim|dmarc|unauthenticated)\b|\b(?:sender|message|domain) authentication\b"),
    ),
    (Cause.VELOCITY, re.compile(_TOO_FAST)),
    (Cause.CONTENT, re.compile(r"\bcontents?\b")),
)
"""Words that name a cause, for causes that the rules of the `text` baseline do not know or take for another one."""
ALIKE: Final = "alike"
"""The kind of a refusal in the same words as the first."""


class ReplyKind(NamedTuple):
    """The kind of a reply. ``same`` means: the words are those of the first refusal, apart from names and numbers."""

    answer: Answer
    place: Place
    same: bool = False

    def __str__(self) -> str:
        """Return the kind as it is written in patterns.csv.

        Gateways that refuse for the same reason in different words show the same: a refusal like the first.
        """
        return ALIKE if self.same else f"{self.answer} at {self.place}"


TAKEN_AT_CONTENT: Final = str(ReplyKind(Answer.TAKEN, Place.CONTENT))
"""The outcome of an experiment that has delivered a message to the recipient that it is about."""
TAKEN_AT_RCPT: Final = str(ReplyKind(Answer.TAKEN, Place.RCPT))
"""The outcome of an experiment that ends after RCPT, if the recipient that it is about was taken."""


def kind_of(result: Result, recipient: str, first: str | None = None) -> ReplyKind:
    """Return the kind of a dialogue's result. ``first`` is the pattern of the first refusal's words."""
    place = _place_of(result.stage)
    if result.reply is None:
        return ReplyKind(Answer.SILENT if result.failure is Failure.TIMED_OUT else Answer.CLOSED, place)
    if result.outcome is Outcome.DELIVERED:
        return ReplyKind(Answer.TAKEN, Place.RCPT if place is Place.BEFORE_RCPT else place)
    same = first is not None and words_of(result, recipient) == first
    if result.outcome is Outcome.DEFERRED:
        return ReplyKind(Answer.DEFERRED, place, same)
    return ReplyKind(Answer.UNKNOWN_RECIPIENT if _blames_recipient(result, recipient) else Answer.REFUSED, place, same)


def words_of(result: Result, recipient: str) -> str:
    """Return code, status and words of a reply, without names, addresses and numbers."""
    reply = result.reply
    if reply is None:
        return ""
    return f"{reply.code} {reply.enhanced or ''} {pattern_of(reply.text, recipient)}"


def _place_of(stage: Stage) -> Place:
    if stage in BEFORE_RCPT:
        return Place.BEFORE_RCPT
    return Place.RCPT if stage is Stage.RCPT else Place.CONTENT


def said_cause(result: Result, recipient: str) -> str:
    """Return the cause that a reply names in its words, or else by its code; ``none`` without a refusal."""
    cause = _said(result, recipient)
    if cause is None or result.reply is None:
        return "none"
    words = pattern_of(result.reply.text, recipient)
    return str(next((named for named, pattern in _NAMES if pattern.search(words)), cause))


def told_by_words(result: Result, recipient: str) -> str:
    """Return what the words of a refusal tell: the cause that they name, and whether it passes by itself."""
    if result.reply is None:
        return kind_of(result, recipient).answer.value
    cause = said_cause(result, recipient)
    return f"{cause} for now" if result.outcome is Outcome.DEFERRED else cause


def _said(result: Result, recipient: str) -> Cause | None:
    reply = result.reply
    if reply is None or reply.accepts:
        return None
    by_words = topics_in(pattern_of(reply.text, recipient)).cause
    return by_words or cause_of_numbers(reply.code, str(reply.enhanced) if reply.enhanced else None)[0]


def _blames_recipient(result: Result, recipient: str) -> bool:
    said = _said(result, recipient)
    return said is not None and said.fault is Fault.RECIPIENT
