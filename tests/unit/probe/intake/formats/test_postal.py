"""Events of Postal are read as its documentation describes them."""

from __future__ import annotations

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import postal

AT = 1772438400.0
"""2026-03-02 08:00 UTC."""


def test_every_event_of_the_sample_is_read() -> None:
    found = list(postal.read(lines_of(sample("postal.json"))))
    assert [(event.kind, event.recipient.partition("@")[0]) for event in found if isinstance(event, Event)] == [
        (EventKind.DELIVERED, "anna.berg"),
        (EventKind.DEFERRED, "carla"),
        (EventKind.REFUSED, "ben.costa"),
        (EventKind.SUPPRESSED, "dora"),
        (EventKind.BOUNCED_LATER, "fay"),
        (EventKind.OPENED, "anna.berg"),
        (EventKind.CLICKED, "anna.berg"),
    ]
    assert found[2] == Event(
        EventKind.REFUSED, "ben.costa@northwind.example", AT + 5.25, "<5@postal.messenger.example>", campaign="march",
        code=550, enhanced="5.1.1", text="550 5.1.1 User unknown",
    )  # fmt: skip


@pytest.mark.parametrize("details", ["Server is in development mode.", None])
def test_a_message_held_for_another_reason_than_its_recipient_waits(details: str | None) -> None:
    document = {"event": "MessageHeld", "payload": {"message": {"to": "ann@a.example"}, "details": details}}
    assert events_of(postal.read, document) == []


def test_what_is_no_event_is_told() -> None:
    assert events_of(postal.read, {"event": "MessageSent"}) == [BadLine(1, "delivered without a recipient")]


@pytest.mark.parametrize("event", ["MessageDeliveryFailed", "MessageDelayed", "MessageSent"])
def test_what_happens_to_an_incoming_message_is_no_event_of_the_sender(event: str) -> None:
    message = {"to": "news@shop.example", "direction": "incoming"}
    document = {"event": event, "payload": {"message": message, "output": "550 5.1.1 no"}}
    assert events_of(postal.read, document) == []
