"""What a gateway in a test took and what it refused, and which of it is as a test wants it."""

from __future__ import annotations

import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from typing import Final

from fake_gateways.policies.message_parts import dissect
from fake_gateways.policies.session_view import Decision, SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Fate, Truth

_REFUSED: Final = {Fate.REFUSED, Fate.DEFERRED}


@dataclass(frozen=True)
class Message:
    """A message that was taken. ``sender`` is its return-path, "" the null one; ``at`` is by the gateway's clock."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    client: str
    helo: str
    at: float

    @cached_property
    def subject(self) -> str:
        """The decoded subject, "" where there is none."""
        return dissect(self.content).subject

    @cached_property
    def text(self) -> str:
        """The decoded words of all text parts, those of HTML without its markup."""
        return dissect(self.content).words.strip()

    @cached_property
    def email(self) -> EmailMessage:
        """The message as the standard library reads it."""
        return email.message_from_bytes(self.content, policy=email.policy.default)


class Books:
    """Keeps the gateway's truth, and the messages it took."""

    def __init__(self) -> None:
        self.truth: list[Truth] = []
        self.messages: list[Message] = []
        self._last: tuple[int, int] | None = None

    def write(self, truth: Truth) -> None:
        """Take a row of the truth."""
        self.truth.append(truth)

    def notice(self, view: SessionView, decision: Decision) -> None:
        """Keep a message when it is taken for the first of its recipients, which is so for all of them."""
        key = view.session, view.transaction
        if decision.stage is Stage.END_OF_DATA and decision.fate is Fate.INBOX and key != self._last:
            self._last = key
            envelope = view.envelope
            self.messages.append(
                Message(
                    envelope.return_path,
                    tuple(envelope.recipients),
                    view.content,
                    view.peer_address,
                    view.helo,
                    view.at,
                )
            )

    @property
    def refused(self) -> list[Truth]:
        """The decisions against a recipient, for good or for now."""
        return [row for row in self.truth if row.fate in _REFUSED]
