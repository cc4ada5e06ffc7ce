"""Events of Brevo are read as its documentation describes them."""

from __future__ import annotations

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import brevo

AT = 1772438400.0
"""2026-03-02 08:00 UTC."""


def test_every_event_of_the_sample_is_read() -> None:
    found = list(brevo.read(lines_of(sample("brevo.json"))))
    assert [(event.kind, event.label) for event in found if isinstance(event, Event)] == [
        (EventKind.DELIVERED, ""),
        (EventKind.DEFERRED, ""),
        (EventKind.REFUSED, "hard_bounce"),
        (EventKind.REFUSED, "soft_bounce"),
        (EventKind.REFUSED, "invalid_email"),
        (EventKind.SUPPRESSED, ""),
        (EventKind.REFUSED, "error"),
        (EventKind.COMPLAINT, ""),
        (EventKind.OPENED, ""),
        (EventKind.OPENED, ""),
        (EventKind.CLICKED, ""),
        (EventKind.REFUSED, "hard_bounce"),
    ]
    assert found[2] == Event(
        EventKind.REFUSED, "ben.costa@northwind.example", AT + 5, "<ben.costa.news@messenger.example>",
        campaign="march", local_address="203.0.113.5", code=550, enhanced="5.1.1", text="550 5.1.1 User unknown",
        label="hard_bounce",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["hardBounces", "hard_bounce", "Hard bounce"])
def test_a_bounce_has_one_label_wherever_it_comes_from(name: str) -> None:
    assert events_of(brevo.read, {"event": name, "email": "ann@a.example"}) == [
        Event(EventKind.REFUSED, "ann@a.example", label="hard_bounce")
    ]


def test_the_log_as_csv_is_read() -> None:
    log = (
        "st_text,ts,sub,frm,email,tag,mid,link\n"
        "Soft bounce,02-03-2026 08:00:00,News,news@shop.example,ann@a.example,march,<1@shop.example>,NA\n"
        "Sent,02-03-2026 08:00:00,News,news@shop.example,ann@a.example,march,<1@shop.example>,NA\n"
        "Odd,02-03-2026 08:00:00,News,news@shop.example,ann@a.example,march,<1@shop.example>,NA\n"
    )
    event, bad = brevo.read(lines_of(log))
    assert event == Event(
        EventKind.REFUSED, "ann@a.example", AT, "<1@shop.example>", campaign="march", label="soft_bounce"
    )
    assert isinstance(bad, BadLine)
    assert bad.reason.startswith("'Odd' is not an event of Brevo; its events are: delivered, ")
