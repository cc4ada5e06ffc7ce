"""Events that another system reported: which recipient and campaign they belong to, and how they are read."""

from __future__ import annotations

import pytest
from book_rows import STARTS, verp

from fake_gateways.truth import Cause
from probe.classify import Advice
from probe.classify.taxonomy import UnknownNameError
from probe.intake.event import Event, EventKind
from probe.judge.reported import read_reported, sort_events

ANN, BOB = "ann@acme.example", "bob@acme.example"
FIRST_ATTEMPTS = {("spring", ANN): STARTS, ("summer", ANN): STARTS + 1000.0, ("spring", BOB): STARTS}


def event(kind: EventKind = EventKind.REFUSED, recipient: str = ANN, **fields: object) -> Event:
    """Return an event."""
    return Event(kind, recipient)._replace(**fields)


def cause_of(name: str) -> Cause | None:
    """Return the cause of a class of the reporting system."""
    if name == "Novel":
        raise UnknownNameError("is no class", "add it")
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
        ({"recipient": "alias@shop.example", "final_recipient": ANN.upper(), "at": STARTS + 5}, "spring"),
    ],
)
def test_an_event_belongs_to_the_campaign_it_names_or_to_the_last_begun(
    fields: dict[str, object], campaign: str
) -> None:
    found = sort_events([event(**fields)], FIRST_ATTEMPTS, {"<2@x>": "summer"})
    assert list(found.events) == [(campaign, ANN)]


def test_events_of_unknown_recipients_duplicates_and_recipients_without_events_are_listed() -> None:
    bounce = event(code=550, at=STARTS + 5)
    stranger = event(recipient="zoe@acme.example")
    found = sort_events([bounce, bounce, stranger], FIRST_ATTEMPTS)
    assert found.strangers == [stranger]
    assert found.duplicates == [bounce]
    assert found.silent == [("summer", ANN), ("spring", BOB)]


def test_events_are_read_in_the_order_they_happened_and_not_in_the_order_of_the_file() -> None:
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
        ([event(code=550, enhanced="5.1.1", label="Novel")], Cause.USER_UNKNOWN, Advice.SUPPRESS),
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
def test_the_last_event_counts_and_a_class_is_preferred_to_codes(
    events: list[Event], cause: Cause | None, advice: Advice
) -> None:
    reading = read_reported(events, cause_of)
    assert (reading.cause, reading.advice) == (cause, advice)
