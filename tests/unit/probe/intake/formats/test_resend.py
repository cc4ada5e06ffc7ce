"""Events of Resend are read as its documentation describes them."""

from __future__ import annotations

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import resend

AT = 1772438400.0
"""2026-03-02 08:00 UTC."""


def test_every_event_of_the_sample_is_read() -> None:
    found = list(resend.read(lines_of(sample("resend.json"))))
    assert [(event.kind, event.label) for event in found if isinstance(event, Event)] == [
        (EventKind.DELIVERED, ""),
        (EventKind.DEFERRED, ""),
        (EventKind.REFUSED, "Permanent/General"),
        (EventKind.SUPPRESSED, "Permanent/Suppressed"),
        (EventKind.REFUSED, "Transient/MailboxFull"),
        (EventKind.REFUSED, "email.failed"),
        (EventKind.SUPPRESSED, ""),
        (EventKind.COMPLAINT, ""),
        (EventKind.OPENED, ""),
        (EventKind.CLICKED, ""),
    ]
    assert found[2] == Event(
        EventKind.REFUSED, "ben.costa@northwind.example", AT + 5, "<id-5>", campaign="march", code=550,
        enhanced="5.1.1", text="smtp; 550 5.1.1 user unknown", label="Permanent/General",
    )  # fmt: skip


BOTH = ["Ann <ann@a.example>", "bob@a.example"]


def test_an_event_that_holds_for_all_recipients_is_one_for_each() -> None:
    document = {"type": "email.delivered", "data": {"to": BOTH}}
    assert events_of(resend.read, document) == [Event(EventKind.DELIVERED, address) for address in BOTH]


def test_a_bounce_of_one_of_several_recipients_is_of_the_one_that_the_server_names() -> None:
    told = {"type": "email.bounced", "data": {"to": BOTH, "bounce": {"message": "550 5.1.1 <bob@a.example> unknown"}}}
    (event,) = events_of(resend.read, told)
    assert isinstance(event, Event)
    assert event.recipient == "bob@a.example"
    untold = {"type": "email.bounced", "data": {"to": BOTH, "bounce": {"message": "550 5.1.1 unknown"}}}
    assert events_of(resend.read, untold) == [BadLine(1, "refused for one of several recipients, which is not told")]


@pytest.mark.parametrize("name", ["email.sent", "contact.created", "domain.updated"])
def test_what_is_no_outcome_is_passed_over(name: str) -> None:
    assert events_of(resend.read, {"type": name, "data": {}}) == []
