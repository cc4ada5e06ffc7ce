"""Events of ZeptoMail are read as its documentation describes them."""

from __future__ import annotations

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import zeptomail

AT = 1772438400.0
"""2026-03-02 08:00 UTC."""


def test_every_event_of_the_sample_is_read() -> None:
    found = list(zeptomail.read(lines_of(sample("zeptomail.json"))))
    assert [(event.kind, event.recipient.partition("@")[0]) for event in found if isinstance(event, Event)] == [
        (EventKind.DELIVERED, "anna.berg"),
        (EventKind.DEFERRED, "carla"),
        (EventKind.REFUSED, "ben.costa"),
        (EventKind.REFUSED, "bea"),
        (EventKind.REFUSED, "dora"),
        (EventKind.OPENED, "anna.berg"),
        (EventKind.CLICKED, "anna.berg"),
        (EventKind.COMPLAINT, "anna.berg"),
    ]
    assert found[2] == Event(
        EventKind.REFUSED, "ben.costa@northwind.example", AT + 5, return_path="bounces@messenger.example",
        campaign="march", code=550, enhanced="5.1.1", text="550 5.1.1 User unknown", label="hardbounce/unknown",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["hardbounce", ["hardbounce"]])
def test_the_name_is_in_an_array_or_alone(name: object) -> None:
    detail = {"bounced_recipient": "ann@a.example"}
    message = {"email_info": {}, "event_data": [{"details": [detail]}]}
    assert events_of(zeptomail.read, {"event_name": name, "event_message": [message]}) == [
        Event(EventKind.REFUSED, "ann@a.example", label="hardbounce")
    ]


def test_an_event_of_one_of_several_recipients_that_is_not_named_is_told() -> None:
    to = [{"email_address": {"address": f"{name}@a.example"}} for name in ("ann", "bob")]
    message = {"email_info": {"to": to}, "event_data": [{"details": [{}]}]}
    assert events_of(zeptomail.read, {"event_name": ["email_open"], "event_message": [message]}) == [
        BadLine(1, "opened without a recipient")
    ]
