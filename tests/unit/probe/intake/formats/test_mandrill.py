"""Events of Mandrill are read as its documentation describes them."""

from __future__ import annotations

import json
from urllib.parse import quote_plus

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import mandrill

AT = 1772438400.0
"""2026-03-02 08:00 UTC."""


def test_every_event_of_the_sample_is_read() -> None:
    found = list(mandrill.read(lines_of(sample("mandrill.json"))))
    assert [(event.kind, event.recipient.partition("@")[0]) for event in found if isinstance(event, Event)] == [
        (EventKind.DELIVERED, "anna.berg"),
        (EventKind.DEFERRED, "carla"),
        (EventKind.REFUSED, "ben.costa"),
        (EventKind.REFUSED, "dora"),
        (EventKind.SUPPRESSED, "eve"),
        (EventKind.REFUSED, "fay"),
        (EventKind.COMPLAINT, "anna.berg"),
        (EventKind.OPENED, "anna.berg"),
        (EventKind.CLICKED, "anna.berg"),
    ]
    assert found[2] == Event(
        EventKind.REFUSED, "ben.costa@northwind.example", AT + 5, "<hard_bounce5>", campaign="march", code=550,
        enhanced="5.1.1", text="smtp;550 5.1.1 User unknown", label="hard_bounce/bad_mailbox",
    )  # fmt: skip


def test_events_are_read_form_encoded_as_mandrill_posts_them() -> None:
    events = quote_plus(json.dumps([{"event": "spam", "msg": {"email": "ann@a.example"}}]))
    for text in (f"mandrill_events={events}", f"10:00:01 POST /hooks 200 mandrill_events={events}"):
        assert list(mandrill.read(lines_of(text))) == [Event(EventKind.COMPLAINT, "ann@a.example")]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("hard-bounce", EventKind.SUPPRESSED), ("unsub", EventKind.SUPPRESSED), ("invalid-sender", EventKind.REFUSED)],
)
def test_rejected_mail_is_suppressed_where_the_address_is_the_reason(reason: str, kind: EventKind) -> None:
    document = {"event": "reject", "msg": {"email": "ann@a.example", "reject": {"reason": reason}}}
    assert events_of(mandrill.read, document) == [Event(kind, "ann@a.example", label=f"reject/{reason}")]


def test_what_is_no_event_is_told() -> None:
    (bad,) = events_of(mandrill.read, {"event": "party"})
    assert isinstance(bad, BadLine)
    assert events_of(mandrill.read, {"event": "open"}) == [BadLine(1, "opened without a recipient")]
    assert events_of(mandrill.read, {"event": "unsub"}, {"type": "blacklist", "action": "add"}) == []
