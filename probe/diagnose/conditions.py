"""The conditions of one dialogue with a gateway. An experiment changes one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from fake_gateways.smtp.envelope import Stage


class Recipient(StrEnum):
    """Whom RCPT names."""

    REFUSED = "refused"
    """The recipient that was refused."""
    CONTROL = "control"
    """A recipient of the same domain that exists: one that the user names, else postmaster (RFC 5321 4.5.1)."""
    RANDOM = "random"
    """A random local part that cannot exist."""


class Source(StrEnum):
    """The address that the connection comes from."""

    USUAL = "usual"
    NEIGHBOUR = "neighbour"
    """Another address of the same /24."""
    ELSEWHERE = "elsewhere"
    """An address of another /24."""


class Content(StrEnum):
    """What is sent after DATA."""

    CAMPAIGN = "campaign"
    WITHOUT_LINKS = "without-links"
    WITHOUT_ATTACHMENTS = "without-attachments"
    RENAMED = "renamed"
    """Its attachments have names that no rule about names refuses."""
    SAME_SIZE = "same-size"
    """A personal message, as long as that of the campaign."""
    NEUTRAL = "neutral"
    """A short personal message in plain text, without links."""
    EMPTY = "empty"


class Depth(StrEnum):
    """How far a dialogue goes: no further than where the recipient was refused."""

    RCPT = "rcpt"
    """To the reply to RCPT, then RSET. No message is sent."""
    CONTENT = "content"
    """To the reply to the end of data. A message that is taken is delivered."""

    @classmethod
    def of(cls, refused_at: Stage) -> Depth:
        """Return how far to go to see a refusal of this stage again."""
        return cls.CONTENT if refused_at in {Stage.DATA, Stage.END_OF_DATA} else cls.RCPT


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How one dialogue is held; the defaults are those of the refused one.

    ``wait_s`` passes before it begins. ``transactions_before`` are begun and reset in the same connection before it.
    ``without`` are parts of the message that are left out, by their numbers.
    ``recipients_beside`` are controls in the same transaction. ``exchanger`` counts the exchangers in the order of
    their preference, ``other_domain`` and ``other_name`` are another domain of the return-path and another name in
    EHLO, whose address and PTR record match.
    """

    recipient: Recipient = Recipient.REFUSED
    source: Source = Source.USUAL
    content: Content = Content.CAMPAIGN
    without: frozenset[int] = frozenset()
    wait_s: float = 0.0
    transactions_before: int = 0
    recipients_beside: int = 0
    other_domain: bool = False
    other_name: bool = False
    signed: bool = False
    tls: bool = False
    exchanger: int = 0

    @property
    def is_unchanged(self) -> bool:
        """Whether the dialogue is the refused one, at another time."""
        return replace(self, wait_s=0.0) == Conditions()

    @property
    def is_of_the_same_message(self) -> bool:
        """Whether a greylist knows it again: by source, return-path and recipient."""
        same = self.recipient is Recipient.REFUSED and self.source is Source.USUAL
        return same and not (self.other_domain or self.other_name)

    @property
    def recipients(self) -> int:
        """How many recipients RCPT names in the whole dialogue."""
        return 1 + self.transactions_before + self.recipients_beside
