"""The outgoing message of every delivery: content, return-path, Message-ID and DKIM signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class MessageBuilder:
    """Builds messages. ``files`` are each campaign's, in the order that a delivery's ``variant`` counts them.

    ``helo`` is the domain of Message-IDs, ``return_domain`` that of return-paths.
    """

    helo: str
    return_domain: str
    files: Mapping[str, tuple[MessageFile, ...]]
    signer: Signer | None = None

    def file_of(self, delivery: Delivery) -> str:
        """Return the name of the message file that is sent."""
        return self.files[delivery.campaign][delivery.variant].file

    def message_id(self, deliveries: Sequence[Delivery]) -> str:
        """Return the Message-ID of a transaction's message. It is made of the first recipient's number."""
        return f"<{deliveries[0].campaign}.{deliveries[0].number}@{self.helo}>"

    def return_path(self, deliveries: Sequence[Delivery]) -> str:
        """Return the return-path: the recipient's own (VERP), or one for all recipients who share the message."""
        first = deliveries[0]
        if len(deliveries) == 1 and not first.shares:
            return verp.encode(first.campaign, first.recipient, self.return_domain)
        return verp.encode_shared(first.campaign, first.number, self.return_domain)

    def content(self, deliveries: Sequence[Delivery], at: float) -> bytes:
        """Return the message, signed if there is a signer; ``at`` is its Date, in seconds since the epoch."""
        first = deliveries[0]
        template = self.files[first.campaign][first.variant].template
        content = template.render(
            {} if first.shares else first.fields,
            to=UNDISCLOSED if first.shares else f"<{first.recipient}>",
            message_id=self.message_id(deliveries),
            at=at,
        )
        return content if self.signer is None else self.signer.sign(content)
