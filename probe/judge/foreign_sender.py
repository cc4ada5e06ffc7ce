"""Stories of campaigns that somebody else sent to our gateways: heard by their log, true by our books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from fake_gateways.truth import Fate, Truth
from probe.classify.evidence import Evidence
from probe.intake.event import Event, EventKind
from probe.judge.reported import Reported, gather
from probe.judge.story import Key, Story, state_of
from probe.records.attempt import Attempt, Failure, Outcome
from probe.records.returned import Returned, ReturnedKind
from probe.records.rows import Mailbox

_OUTCOMES: Final = {
    EventKind.DELIVERED: Outcome.DELIVERED,
    EventKind.DEFERRED: Outcome.DEFERRED,
    EventKind.REFUSED: Outcome.REFUSED,
}


def begun(truths: Iterable[Truth]) -> dict[Key, float]:
    """Return every recipient that somebody tried to reach, and when first; nobody told us of a campaign."""
    found: dict[Key, float] = {}
    for truth in truths:
        if truth.recipient:
            found.setdefault(("", truth.recipient.lower()), truth.at)
    return found


def gather_served(events: Iterable[Event], truths: Iterable[Truth], mailboxes: Mapping[str, Mailbox]) -> Reported:
    """Sort events under whoever was named to a gateway or has a mailbox behind one.

    Somebody who was only ever refused before the recipient was named, in the greeting say, stands in no decision.
    """
    named = begun(truths)
    found = gather(events, {**dict.fromkeys((("", address.lower()) for address in mailboxes), 0.0), **named})
    found.silent = [key for key in found.silent if key in named]
    return found


def served_stories(
    reported: Reported, truths: Iterable[Truth], mailboxes: Mapping[str, Mailbox], returned: Iterable[Returned] = ()
) -> dict[Key, Story]:
    """Tell what the sender's log and our books have on everybody of whom both speak.

    ``returned`` is what came home to the scenario's own mailbox, whatever campaign the return-path names.
    """
    came_home: dict[str, list[Returned]] = {}
    for row in returned:
        came_home.setdefault(row.recipient.lower(), []).append(row)
    last: dict[str, Truth] = {}
    for truth in truths:
        if truth.recipient and truth.fate != Fate.CUT:
            last[truth.recipient.lower()] = truth
    told: dict[Key, Story] = {}
    for key, events in reported.events.items():
        attempts = tuple(
            _attempt(key, number, event) for number, event in enumerate(events, 1) if event.kind in _OUTCOMES
        )
        if not attempts:
            continue
        home = [_returned(key, event) for event in events if event.kind is EventKind.BOUNCED_LATER]
        home += came_home.get(key[1].lower(), [])
        mailbox = mailboxes.get(key[1].lower())
        decided = last.get(key[1].lower())
        at = decided.at if decided is not None else attempts[-1].at
        told[key] = Story(
            Evidence(key[1], attempts, tuple(home)), decided, state_of(mailbox, at), mailbox.gateway if mailbox else ""
        )
    return told


def _attempt(key: Key, number: int, event: Event) -> Attempt:
    return Attempt(
        lane="",
        seq=number,
        at=event.at or 0.0,
        duration_s=0.0,
        number=number,
        campaign=key[0],
        message="",
        message_id=event.message_id,
        return_path=event.return_path,
        recipient=key[1],
        mx=event.mx,
        mx_address="",
        local_address=event.local_address,
        local_port=0,
        tls=False,
        stage=event.stage or "",
        outcome=_OUTCOMES[event.kind],
        code=event.code,
        enhanced=event.enhanced,
        text=event.text,
        failure=None if event.code is not None or event.kind is EventKind.DELIVERED else Failure.UNREACHABLE,
        connection=0,
        position=0,
        greeting="",
    )


def _returned(key: Key, event: Event) -> Returned:
    return Returned(
        lane="",
        seq=0,
        at=event.at or 0.0,
        return_path=event.return_path,
        campaign=key[0],
        recipient=key[1],
        kind=ReturnedKind.REPORT,
        action="failed",
        status=event.enhanced,
        code=event.code,
        text=event.text,
        message_id=event.message_id,
        joined_by="report",
        content="",
    )
