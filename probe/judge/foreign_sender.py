"""Stories of campaigns that another system sent to our gateways: its log has the replies, our books the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count, repeat
from typing import Final

from fake_gateways.truth import Fate, Truth
from probe.classify.evidence import Evidence
from probe.intake.event import Event, EventKind
from probe.judge.reported import ReportedEvents, sort_events
from probe.judge.story import Key, Story, state_of
from probe.records.attempt import Attempt, Failure, Outcome
from probe.records.returned import Returned, ReturnedKind
from probe.records.rows import Mailbox

_OUTCOMES: Final = {
    EventKind.DELIVERED: Outcome.DELIVERED,
    EventKind.DEFERRED: Outcome.DEFERRED,
    EventKind.REFUSED: Outcome.REFUSED,
}
_NO_ROUTE: Final = {"5.1.2", "5.4.4", "5.1.10"}
"""Statuses of a domain that has no mail exchanger (RFC 3463 sections 3.2 and 3.5, RFC 7505 section 4.2)."""
_REFUSED_ITSELF: Final = 550


def first_attempts(truths: Iterable[Truth]) -> dict[Key, float]:
    """Return the time of the first decision on each recipient. The campaign is empty: we do not know it."""
    found: dict[Key, float] = {}
    for truth in truths:
        if truth.recipient:
            found.setdefault(("", truth.recipient.lower()), truth.at)
    return found


def events_of_foreign_sender(
    events: Iterable[Event], truths: Iterable[Truth], mailboxes: Mapping[str, Mailbox]
) -> ReportedEvents:
    """Sort events by the recipients that were named at a gateway or have a mailbox behind one.

    A recipient that was always refused before RCPT, for example in the greeting, is in no decision.
    """
    named = first_attempts(truths)
    found = sort_events(events, {**dict.fromkeys((("", address.lower()) for address in mailboxes), 0.0), **named})
    found.silent = [key for key in found.silent if key in named]
    return found


def foreign_stories(
    reported: ReportedEvents,
    truths: Iterable[Truth],
    mailboxes: Mapping[str, Mailbox],
    returned: Iterable[Returned] = (),
) -> dict[Key, Story]:
    """Return the stories of all recipients with an attempt in the sender's log.

    ``returned`` is the mail that came back to the scenario's own mailbox, for any campaign.
    """
    by_recipient: dict[str, list[Returned]] = {}
    for row in returned:
        by_recipient.setdefault(row.recipient.lower(), []).append(row)
    decisions: dict[str, list[Truth]] = {}
    for truth in truths:
        if truth.recipient and truth.fate != Fate.CUT:
            decisions.setdefault(truth.recipient.lower(), []).append(truth)
    stories: dict[Key, Story] = {}
    for key, events in reported.events.items():
        ours = decisions.get(key[1].lower(), [])
        tried = [event for event in events if event.kind in _OUTCOMES]
        times = [ours[min(number, len(ours) - 1)].at if ours else 0.0 for number in range(len(tried))]
        attempts = tuple(map(_attempt, repeat(key), count(1), tried, times))
        if not attempts:
            continue
        own = [_returned(key, event) for event in events if event.kind is EventKind.BOUNCED_LATER]
        own += by_recipient.get(key[1].lower(), [])
        mailbox = mailboxes.get(key[1].lower())
        decided = ours[-1] if ours else None
        at = decided.at if decided is not None else attempts[-1].at
        stories[key] = Story(
            Evidence(key[1], attempts, tuple(own)), decided, state_of(mailbox, at), mailbox.gateway if mailbox else ""
        )
    return stories


def _attempt(key: Key, number: int, event: Event, decided_at: float) -> Attempt:
    """Return an attempt; if the log says no time, it is that of our gateway's decision, or 0 if there is none."""
    code = event.code
    if code is None and event.kind is EventKind.REFUSED and (event.enhanced or "").startswith("5"):
        # Refused by the sending system itself, without a reply: the status decides.
        code = None if event.enhanced in _NO_ROUTE else _REFUSED_ITSELF
    return Attempt(
        lane="",
        seq=number,
        at=event.at or decided_at,
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
        code=code,
        enhanced=event.enhanced,
        text=event.text,
        failure=_failure(event) if code is None else None,
        connection=0,
        position=0,
        greeting="",
    )


def _failure(event: Event) -> Failure | None:
    if event.kind is EventKind.DELIVERED:
        return None
    return Failure.NO_ROUTE if event.enhanced in _NO_ROUTE else Failure.UNREACHABLE


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
