"""What a gateway decided, why, and what it said instead: the ground truth."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Fault(StrEnum):
    """Who or what is responsible for a refusal."""

    RECIPIENT = "recipient"
    MAILBOX = "mailbox"
    SENDER = "sender"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"


class Remedy(StrEnum):
    """What the sender should do about the address."""

    SUPPRESS = "suppress"
    KEEP_AND_RETRY = "keep, retry later"
    REPAIR_SENDING = "keep, repair the sending"
    RETRY = "retry"
    KEEP = "keep, cause not known"


class Cause(StrEnum):
    """Why a gateway refuses. A claimed cause is one of these, too."""

    USER_UNKNOWN = "user-unknown"
    MAILBOX_DISABLED = "mailbox-disabled"
    ADDRESS_MOVED = "address-moved"
    BAD_DOMAIN = "bad-domain"
    MAILBOX_FULL = "mailbox-full"
    IP_REPUTATION = "ip-reputation"
    SENDER_REJECTED = "sender-rejected"
    CONTENT = "content"
    VIRUS = "virus"
    POLICY = "policy"
    AUTHENTICATION = "authentication"
    VELOCITY = "velocity"
    TOO_LARGE = "too-large"
    TLS_REQUIRED = "tls-required"
    DIRECTORY_HARVEST = "directory-harvest"
    GREYLISTED = "greylisted"
    NETWORK = "network"
    SYSTEM = "system"
    UNKNOWN = "unknown"
    """Only for replies from another system's log, where the true cause is not known."""

    @property
    def fault(self) -> Fault:
        """Who or what is responsible."""
        return _FAULT.get(self, Fault.SENDER)

    @property
    def remedy(self) -> Remedy:
        """What the sender should do."""
        return _REMEDY[self.fault]


_FAULT: Final = {
    Cause.USER_UNKNOWN: Fault.RECIPIENT,
    Cause.MAILBOX_DISABLED: Fault.RECIPIENT,
    Cause.ADDRESS_MOVED: Fault.RECIPIENT,
    Cause.BAD_DOMAIN: Fault.RECIPIENT,
    Cause.MAILBOX_FULL: Fault.MAILBOX,
    Cause.GREYLISTED: Fault.TRANSIENT,
    Cause.NETWORK: Fault.TRANSIENT,
    Cause.SYSTEM: Fault.TRANSIENT,
    Cause.UNKNOWN: Fault.UNKNOWN,
}
_REMEDY: Final = {
    Fault.RECIPIENT: Remedy.SUPPRESS,
    Fault.MAILBOX: Remedy.KEEP_AND_RETRY,
    Fault.SENDER: Remedy.REPAIR_SENDING,
    Fault.TRANSIENT: Remedy.RETRY,
    Fault.UNKNOWN: Remedy.KEEP,
}


class Fate(StrEnum):
    """What happened to a message for one recipient, as far as the gateway knows."""

    INBOX = "inbox"
    JUNK = "junk"
    QUARANTINED = "quarantined"
    """Accepted, and kept where only an administrator looks."""
    DISCARDED = "discarded"
    """Accepted, and deleted without a report."""
    BOUNCED_LATER = "bounced-later"
    """Accepted, and returned in a delivery report."""
    REFUSED = "refused"
    DEFERRED = "deferred"
    CUT = "cut"
    """The dialogue ended before the message was accepted."""


class Truth(NamedTuple):
    """One decision about one recipient, as recorded by the gateway.

    ``recipient`` is "" for a decision before RCPT, ``return_path`` is None for one before MAIL. ``host`` and
    ``address`` are those of the exchanger. ``at`` is in seconds since the epoch, UTC. ``claimed`` is the cause whose
    wording was used, None if no refusal was worded. ``honest`` means that the claimed cause, if any, is the true one.
    ``code`` is 0 if the gateway closed the connection without a reply. ``peer_port`` joins a decision before MAIL to
    the sender's socket. It is not part of the books' hash.
    """

    gateway: str
    host: str
    address: str
    seq: int
    at: float
    session: int
    transaction: int
    stage: str
    peer_address: str
    peer_port: int
    helo: str
    return_path: str | None
    recipient: str
    message_id: str
    mailbox: str | None
    cause: str | None
    claimed: str | None
    honest: bool
    fate: str
    code: int
    enhanced: str | None
    text: str
    policy: str | None
