"""What goes out: for every delivery its message, its return-path, its Message-ID and its signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from probe.returned_mail import verp as return_path
from probe.sender.dkim import Signer
from probe.sender.recipients import Delivery
from probe.sender.template import Template

UNDISCLOSED = "undisclosed-recipients:;"
"""In To: where recipients share a message (RFC 5322 section 3.4 has the empty group)."""


@dataclass(frozen=True)
class Letter:
    """One of a campaign's messages."""

    file: str
    template: Template


@dataclass(frozen=True)
class Mail:
    """Writes messages. ``letters`` are each campaign's, in the order a delivery's ``variant`` counts them."""

    helo: str
    return_domain: str
    letters: Mapping[str, tuple[Letter, ...]]
    signer: Signer | None = None

    def file_of(self, delivery: Delivery) -> str:
        """Return the name of the message file that is sent."""
        return self.letters[delivery.campaign][delivery.variant].file

    def message_id(self, deliveries: Sequence[Delivery]) -> str:
        """Return the Message-ID of a transaction's message, which is the first recipient's."""
        return f"<{deliveries[0].campaign}.{deliveries[0].number}@{self.helo}>"

    def return_path(self, deliveries: Sequence[Delivery]) -> str:
        """Return the return-path: the recipient's own (VERP), or that of all who share the message."""
        first = deliveries[0]
        if len(deliveries) == 1 and not first.shares:
            return return_path.encode(first.campaign, first.recipient, self.return_domain)
        return return_path.encode_shared(first.campaign, first.number, self.return_domain)

    def content(self, deliveries: Sequence[Delivery], at: float) -> bytes:
        """Return the message, dated at a moment."""
        first = deliveries[0]
        template = self.letters[first.campaign][first.variant].template
        content = template.render(
            {} if first.shares else first.fields,
            to=UNDISCLOSED if first.shares else f"<{first.recipient}>",
            message_id=self.message_id(deliveries),
            at=at,
        )
        return content if self.signer is None else self.signer.sign(content)
