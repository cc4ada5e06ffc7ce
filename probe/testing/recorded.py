"""What the gateway of a test records: its decisions and the messages it accepted."""

from __future__ import annotations

import email.policy
from dataclasses import dataclass, replace
from email.message import EmailMessage
from functools import cached_property
from typing import Final

from fake_gateways.policies.message_parts import dissect
from fake_gateways.policies.session_view import Decision, SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Fate, Truth

_REFUSED: Final = {Fate.REFUSED, Fate.DEFERRED}
_NOT_ACCEPTED: Final = {*_REFUSED, Fate.CUT}


@dataclass(frozen=True)
class ReceivedMessage:
    """A message that the gateway accepted.

    ``sender`` is the return-path, "" the null one. ``content`` holds the octets as received. ``client`` is the client's
    IP address. ``at`` is the gateway's time in seconds since the epoch.
    """

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    client: str
    helo: str
    at: float

    @cached_property
    def subject(self) -> str:
        """The decoded subject, "" if there is none."""
        return dissect(self.content).subject

    @cached_property
    def text(self) -> str:
        """The decoded text of all text parts, HTML without its tags."""
        return dissect(self.content).words.strip()

    @cached_property
    def email(self) -> EmailMessage:
        """The message, parsed by the standard library."""
        return email.message_from_bytes(self.content, policy=email.policy.default)


class GatewayRecord:
    """The decisions of a gateway, and the messages it accepted."""

    def __init__(self) -> None:
        self.truth: list[Truth] = []
        self.messages: list[ReceivedMessage] = []
        self._places: dict[tuple[int, int], int] = {}

    def write(self, truth: Truth) -> None:
        """Record a decision."""
        self.truth.append(truth)

    def notice(self, view: SessionView, decision: Decision) -> None:
        """Record a message once, with every recipient it is accepted for."""
        if decision.stage is not Stage.END_OF_DATA or decision.fate in _NOT_ACCEPTED:
            return
        key = view.session, view.transaction
        place = self._places.setdefault(key, len(self.messages))
        if place < len(self.messages):
            known = self.messages[place]
            self.messages[place] = replace(known, recipients=(*known.recipients, decision.recipient))
            return
        self.messages.append(
            ReceivedMessage(
                sender=view.envelope.return_path,
                recipients=(decision.recipient,),
                content=view.content,
                client=view.peer_address,
                helo=view.helo,
                at=view.at,
            )
        )

    @property
    def refused(self) -> list[Truth]:
        """The permanent and temporary refusals."""
        return [row for row in self.truth if row.fate in _REFUSED]
