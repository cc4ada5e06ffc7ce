"""The outgoing message of every delivery: content, return-path, Message-ID and DKIM signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from probe.returned_mail import verp
from probe.sender.dkim import Signer
from probe.sender.recipients import Delivery
from probe.sender.template import Template

UNDISCLOSED = "undisclosed-recipients:;"
"""The To: field of a message that recipients share: an empty group (RFC 5322 section 3.4)."""


@dataclass(frozen=True)
class MessageFile:
    """One of a campaign's message files, by its name."""

    file: str
    template: Template


class Names(NamedTuple):
    """What a transaction's message is known by: the name of its file, its Message-ID and its return-path."""

    file: str
    message_id: str
    return_path: str


@dataclass(frozen=True)
class MessageBuilder:
    """Builds messages. ``files`` are each campaign's, in the order that a delivery's ``variant`` counts them.

    ``helo`` is the domain of Message-IDs, ``return_domain`` that of return-paths.
    """

    helo: str
    return_domain: str
    files: Mapping[str, tuple[MessageFile, ...]]
    signer: Signer | None = None

    def names(self, deliveries: Sequence[Delivery]) -> Names:
        """Return what the message of a transaction is known by.

        The Message-ID is made of the first recipient's number. The return-path is the recipient's own (VERP), or one
        for all recipients who share the message.
        """
        first = deliveries[0]
        campaign, number = first.campaign, first.number
        if len(deliveries) == 1 and not first.shares:
            return_path = verp.encode(campaign, first.recipient, self.return_domain)
        else:
            return_path = verp.encode_shared(campaign, number, self.return_domain)
        return Names(self.files[campaign][first.variant].file, f"<{campaign}.{number}@{self.helo}>", return_path)

    def content(self, first: Delivery, message_id: str, at: float) -> bytes:
        """Return a transaction's message, signed if there is a signer. ``first`` is its first delivery.

        ``at`` is its Date, in seconds since the epoch.
        """
        template = self.files[first.campaign][first.variant].template
        content = template.render(
            {} if first.shares else first.fields,
            to=UNDISCLOSED if first.shares else f"<{first.recipient}>",
            message_id=message_id,
            at=at,
        )
        return content if self.signer is None else self.signer.sign(content)
