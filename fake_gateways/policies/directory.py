"""Refuse recipients that the directory does not list as present: departed, disabled, or full mailboxes."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from fake_gateways.people.directory import MailboxState
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse

_CAUSE: Final = {
    MailboxState.DEPARTED: Cause.USER_UNKNOWN,
    MailboxState.DISABLED: Cause.MAILBOX_DISABLED,
    MailboxState.FULL: Cause.MAILBOX_FULL,
}


class DirectorySettings(Settings):
    """No settings of its own. The mailboxes are given under ``mailboxes``."""

    nature: ClassVar = Nature(
        causes=(Cause.USER_UNKNOWN, Cause.MAILBOX_DISABLED, Cause.MAILBOX_FULL),
        stages=frozenset({Stage.RCPT, Stage.END_OF_DATA}),
        usual=Stage.RCPT,
    )

    type: Literal["directory"] = "directory"

    def begin(self) -> Directory:
        """Return the policy."""
        return Directory()


class Directory:
    """Looks every recipient up in the company's directory.

    At RCPT each recipient gets its own reply. At end of data one reply is for the whole message
    (RFC 5321 section 4.2.5), so one unknown recipient makes the message fail for all recipients.
    """

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse the current recipient, or at end of data the message, because of the first recipient with a fault."""
        for recipient in (view.recipient,) if view.recipient else view.envelope.recipients:
            cause = fault(view, recipient)
            if cause is not None:
                return Refuse(cause, recipient)
        return None


def fault(view: SessionView, recipient: str) -> Cause | None:
    """Return what is wrong with a recipient; None if its mailbox accepts mail or is of another domain."""
    directory = view.directory
    if not directory.serves(recipient):
        return None
    state = directory.state(recipient, view.at)
    if directory.catch_all and state is MailboxState.DEPARTED:
        return None
    return _CAUSE.get(state)
