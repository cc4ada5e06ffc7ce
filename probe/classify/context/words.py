"""What the text of a reply mentions, and its pattern: the text without names, addresses and numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from fake_gateways.truth import Cause, Fault
from probe.classify.by_text import ByText
from probe.records.attempt import Attempt

_MOST_CHARACTERS: Final = 600
"""Only the first characters of a reply are read."""
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]{}:;,]{1,64}@[A-Za-z0-9.-]{1,255}")
_HOST: Final = re.compile(r"\b(?:[a-z0-9_-]{1,63}\.){2,8}[a-z][a-z0-9-]{1,62}\b")
_CODED: Final = re.compile(r"\b(?=[a-z0-9_-]{0,40}\d)[a-z0-9_.-]{3,64}\b")
_NUMBERS: Final = re.compile(r"\d+")
_TIME: Final = re.compile(
    r"(?:#|\b\d{1,4}) ?(?:s|sec|seconds?|m|min|minutes?|h|hours?)\b|\b(?:this|per|an|next) (?:hour|minute)\b",
    re.IGNORECASE,
)
_SPEED: Final = re.compile(
    r"\b(?:too (?:many|much|fast|quickly)|rate|throttl\w*|frequen\w*|volume|limit\w*|busy)\b", re.IGNORECASE
)
_LIST: Final = re.compile(
    r"\b(?:dnsbl|rbl|spamhaus|sorbs|spamcop|senderbase|reputation|block ?list\w*|black ?list\w*|deny list|listed)\b",
    re.IGNORECASE,
)
_CONTENT: Final = re.compile(
    r"\b(?:spam\w*|ube|content\w*|unsolicited|virus|attachment\w*|phish\w*|spoofed|banned)\b", re.IGNORECASE
)
_MAILBOX: Final = re.compile(
    r"\b(?:user|recipient|mailbox|address|account|alias|rcpt|inbox)\b|\bnsu\b|\bno such\b|\bunknown\b"
    r"|\b(?:does not|doesn.t) exist\b|\bnot (?:found|listed)\b|\bunroute?able\b|\bover ?quota\b",
    re.IGNORECASE,
)
_TEXT: Final = ByText()


class ReplyTopics(NamedTuple):
    """What a text mentions.

    Attributes:
        pattern: The text without its variable parts.
        cause: The cause that the ``text`` baseline reads in it.
        mentions_mailbox: Whether it mentions a recipient or a mailbox at all.
        mentions_list: Whether it mentions a blocklist or reputation.
        mentions_rate: Whether it mentions a rate or a limit.
        mentions_time: Whether it names a time, such as minutes.
        mentions_content: Whether it mentions the message's content.
    """

    pattern: str
    cause: Cause | None
    mentions_mailbox: bool
    mentions_list: bool
    mentions_rate: bool
    mentions_time: bool
    mentions_content: bool

    @property
    def blames_sender(self) -> bool:
        """Whether the text names the sender as the problem: its address, its speed or its message."""
        return (
            self.mentions_list
            or self.mentions_rate
            or self.mentions_content
            or (self.cause is not None and self.cause.fault is Fault.SENDER)
        )

    @property
    def says_not_reached(self) -> bool:
        """Whether the text says that the message did not get to a server that knows its recipients."""
        return self.cause in {Cause.NETWORK, Cause.SYSTEM}


def pattern_of(text: str, recipient: str = "") -> str:
    """Return a text in lower case, without the recipient, other addresses, host names, identifiers and numbers."""
    text = text[:_MOST_CHARACTERS].lower().replace("\n", " ")
    local, _, domain = recipient.lower().rpartition("@")
    for name in (recipient.lower(), domain):
        if name:
            text = text.replace(name, "*")
    if len(local) > 3 and local in text:
        text = re.sub(rf"(?<!\w){re.escape(local)}(?!\w)", "*", text)
    return _without_names(text)


@lru_cache(maxsize=1024)  # of the refusals of the shipped scenarios, six in seven have the words of an earlier one
def _without_names(text: str) -> str:
    """Return a text without addresses, host names, identifiers and numbers."""
    text = _ADDRESS.sub("*", text)
    text = _HOST.sub("*", text)
    return _NUMBERS.sub("#", _CODED.sub("*", text))


@lru_cache(maxsize=8192)
def topics_in(pattern: str) -> ReplyTopics:
    """Return what a pattern mentions."""
    return ReplyTopics(
        pattern,
        _TEXT.cause_of(pattern),
        bool(_MAILBOX.search(pattern)),
        bool(_LIST.search(pattern)),
        bool(_SPEED.search(pattern)),
        bool(_TIME.search(pattern)),
        bool(_CONTENT.search(pattern)),
    )


def topics_of(attempt: Attempt) -> ReplyTopics:
    """Return what the reply to an attempt mentions."""
    return topics_in(pattern_of(attempt.text, attempt.recipient))


@lru_cache(maxsize=8192)
def words_key(pattern: str) -> int:
    """Return a number of 64 bits that tells a pattern from others, in every process alike."""
    return int.from_bytes(blake2b(pattern.encode(errors="backslashreplace"), digest_size=8).digest())
