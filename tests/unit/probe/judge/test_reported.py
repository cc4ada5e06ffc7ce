"""What another system said of a campaign, recipient by recipient; nothing that joins nobody is dropped."""

from __future__ import annotations

import pytest
from book_rows import STARTS, truth, verp

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify import Advice
from probe.intake.event import Event, EventKind
from probe.judge.foreign_sender import events_of_foreign_sender, first_attempts, foreign_stories
from probe.judge.reported import read_reported, sort_events
from probe.ledger import Mailbox

ANN, BOB = "ann@acme.example", "bob@acme.example"
BEGUN = {("spring", ANN): STARTS, ("summer", ANN): STARTS + 1000.0, ("spring", BOB): STARTS}


def event(kind: EventKind = EventKind.REFUSED, recipient: str = ANN, **fields: object) -> Event:
    """Return an event."""
    return Event(kind, recipient)._replace(**fields)


def cause_of(name: str) -> Cause | None:
    """Know two classes."""
    return {"Permanent": Cause.USER_UNKNOWN, "Content": Cause.CONTENT}[name]


@pytest.mark.parametrize(
    ("fields", "campaign"),
    [
        ({"campaign": "summer", "at": STARTS + 1}, "summer"),
        ({"return_path": verp(ANN).replace("news", "summer"), "at": STARTS + 1}, "summer"),
        ({"message_id": "<2@x>"}, "summer"),
        ({"at": STARTS + 5}, "spring"),
        ({"at": STARTS + 1005}, "summer"),
        ({"at": STARTS - 500}, "spring"),
        ({}, "summer"),
        ({"recipient": ANN.upper(), "at": STARTS + 5}, "spring"),
    ],
)
def test_an_event_belongs_to_the_campaign_it_names_or_to_the_last_begun(
    fields: dict[str, object], campaign: str
) -> None:
    found = sort_events([event(**fields)], BEGUN, {"<2@x>": "summer"})
    assert list(found.events) == [(campaign, ANN)]


def test_strangers_duplicates_and_the_silent_are_listed() -> None:
    bounce = event(code=550, at=STARTS + 5)
    stranger = event(recipient="zoe@acme.example")
    found = sort_events([bounce, bounce, stranger], BEGUN)
    assert found.strangers == [stranger]
    assert found.duplicates == [bounce]
    assert found.silent == [("summer", ANN), ("spring", BOB)]


def test_events_are_read_in_the_order_they_happened_and_not_in_that_of_the_file() -> None:
    late, early = event(EventKind.DELIVERED, at=STARTS + 90), event(EventKind.DEFERRED, at=STARTS + 5, code=451)
    found = sort_events([late, early], {("spring", ANN): STARTS})
    assert found.events["spring", ANN] == [early, late]
    assert read_reported([early, late], cause_of).cause is None


@pytest.mark.parametrize(
    ("events", "cause", "advice"),
    [
        ([], None, Advice.KEEP),
        ([event(EventKind.DELIVERED)], None, Advice.KEEP),
        ([event(code=550, enhanced="5.1.1")], Cause.USER_UNKNOWN, Advice.SUPPRESS),
        ([event(code=550, enhanced="5.1.1", label="Content")], Cause.CONTENT, Advice.KEEP),
        ([event(code=421, label="Permanent")], Cause.USER_UNKNOWN, Advice.SUPPRESS),
        ([event(EventKind.DEFERRED, code=550)], Cause.SYSTEM, Advice.KEEP),
        ([event(code=451)], Cause.SYSTEM, Advice.KEEP),
        ([event()], Cause.NETWORK, Advice.KEEP),
        ([event(enhanced="5.1.1")], Cause.USER_UNKNOWN, Advice.SUPPRESS),
        ([event(EventKind.SUPPRESSED)], None, Advice.SUPPRESS),
        (
            [event(EventKind.DELIVERED), event(EventKind.BOUNCED_LATER, enhanced="5.1.1")],
            Cause.USER_UNKNOWN,
            Advice.SUPPRESS,
        ),
        (
            [event(EventKind.BOUNCED_LATER, enhanced="5.1.1"), event(EventKind.DELIVERED)],
            Cause.USER_UNKNOWN,
            Advice.SUPPRESS,
        ),
        ([event(EventKind.DELIVERED), event(EventKind.COMPLAINT), event(EventKind.OPENED)], None, Advice.KEEP),
    ],
)
def test_the_last_word_counts_and_a_class_goes_before_the_numbers(
    events: list[Event], cause: Cause | None, advice: Advice
) -> None:
    reading = read_reported(events, cause_of)
    assert (reading.cause, reading.advice) == (cause, advice)


def test_what_others_sent_to_our_gateways_is_heard_by_their_log_and_true_by_our_books() -> None:
    decided = [
        truth(recipient=ANN, cause="content", claimed="user-unknown", honest=False, code=550, fate="refused"),
        truth(recipient=BOB),
        truth(recipient=""),
    ]
    log = [
        event(EventKind.DEFERRED, at=STARTS, code=451),
        event(at=STARTS + 9, code=550, enhanced="5.1.1", stage="rcpt"),
        event(EventKind.DELIVERED, BOB, at=STARTS, code=250),
        event(EventKind.BOUNCED_LATER, BOB, at=STARTS + 60, code=550, enhanced="5.1.1"),
    ]
    boxes = {address: Mailbox(address, "acme", "present", None) for address in (ANN, BOB)}
    told = foreign_stories(sort_events(log, first_attempts(decided)), decided, boxes)
    ann, bob = told["", ANN], told["", BOB]
    assert [attempt.outcome for attempt in ann.evidence.attempts] == ["deferred", "refused"]
    assert (ann.evidence.heard[0], ann.cause, ann.mailbox, ann.gateway) == (
        550, Cause.CONTENT, MailboxState.PRESENT, "acme",
    )  # fmt: skip
    assert bob.evidence.bounced
    assert bob.evidence.heard[1] == "5.1.1"


def test_who_was_never_named_to_a_gateway_is_a_recipient_all_the_same_and_who_was_and_is_not_reported_is_silent() -> (
    None
):
    # The gateway would not even greet whoever had mail for Bob; to Cat nobody sent.
    decided = [truth(recipient="", stage="connect", cause="ip-reputation", code=554), truth(recipient=ANN)]
    boxes = {each: Mailbox(each, "acme", "present", None) for each in (ANN, BOB, "cat@acme.example")}
    log = [
        event(EventKind.REFUSED, BOB.upper(), at=STARTS + 30, code=554, text="no"),
        event(recipient="eve@acme.example"),
    ]
    said = events_of_foreign_sender(log, decided, boxes)
    assert [each.recipient for each in said.strangers] == ["eve@acme.example"]
    assert said.silent == [("", ANN)]
    told = foreign_stories(said, decided, boxes)
    assert list(told) == [("", BOB)]
    assert told["", BOB].cause is Cause.UNKNOWN
