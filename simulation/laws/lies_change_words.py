"""Law: a lie changes the words of a refusal, and never who exists.

A cause that is about a mailbox is true of that mailbox. Without lies, the same mailboxes exist, and whoever asks the
directory is refused for the same cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause, Truth
from probe.judge.story import state_of
from probe.records.rows import Mailbox
from simulation.laws.law import Law
from simulation.laws.left import Left, Run

_STATE: Final = {
    Cause.USER_UNKNOWN: MailboxState.DEPARTED,
    Cause.MAILBOX_DISABLED: MailboxState.DISABLED,
    Cause.MAILBOX_FULL: MailboxState.FULL,
}
_DIRECTORY: Final = "directory"


def _broken(left: Left) -> Iterator[str]:
    for run in left.all_runs:
        if run.has_books:
            yield from (f"{run.name}: {what}" for what in _untrue(run))
    if left.honest is None or not left.honest.has_books:
        return
    first, honest = left.first.books, left.honest.books
    yield from (f"with lies only: {row}" for row in sorted({*first.mailboxes} - {*honest.mailboxes}, key=str))
    yield from (f"without lies only: {row}" for row in sorted({*honest.mailboxes} - {*first.mailboxes}, key=str))
    leaves = {row.address for row in first.mailboxes if row.left_at is not None}
    told, true = _causes(first.truths), _causes(honest.truths)
    for recipient in sorted((told.keys() & true.keys()) - leaves):
        if told[recipient] != true[recipient]:
            causes = f"{sorted(told[recipient])} with lies, {sorted(true[recipient])} without"
            yield f"the directory refuses {recipient} for {causes}"


def _untrue(run: Run) -> Iterator[str]:
    mailboxes = {row.address: row for row in run.books.mailboxes}
    for truth in run.books.truths:
        if not truth.recipient:
            continue
        mailbox = mailboxes.get(truth.recipient.lower())
        true = _state(truth.recipient, mailbox, truth.at)
        refused = _STATE.get(Cause(truth.cause)) if truth.cause and truth.policy != "as-logged" else true
        if refused not in {None, true} and not _served_elsewhere(mailbox, truth):
            yield f"{truth.recipient} was refused for {truth.cause} but is {true}: {truth}"
        if truth.mailbox and truth.mailbox != true:
            yield f"{truth.recipient} is not {truth.mailbox}: {truth}"


def _state(recipient: str, mailbox: Mailbox | None, at: float) -> MailboxState:
    """Return the state of a mailbox. Every domain has a postmaster, listed or not (RFC 5321 section 4.5.1)."""
    if mailbox is None and recipient.lower().startswith("postmaster@"):
        return MailboxState.PRESENT
    return state_of(mailbox, at)


def _served_elsewhere(mailbox: Mailbox | None, truth: Truth) -> bool:
    """Whether a gateway was asked about a mailbox of another one, as a backup exchanger is."""
    return mailbox is not None and mailbox.gateway != truth.gateway


def _causes(truths: list[Truth]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for truth in truths:
        if truth.policy == _DIRECTORY and truth.cause and truth.recipient:
            found.setdefault(truth.recipient.lower(), set()).add(truth.cause)
    return found


LAW = Law("lies-change-words", _broken)
