"""Message traces of Exchange are read as exports and as its cmdlets return them."""

from __future__ import annotations

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import exchange
from probe.intake.hints import Hints

AT = 1772438400.0
"""2026-03-02 08:00 UTC."""


def test_every_event_of_the_sample_is_read() -> None:
    found = list(exchange.read(lines_of(sample("exchange.json"))))
    assert [(event.kind, event.recipient.partition("@")[0]) for event in found if isinstance(event, Event)] == [
        (EventKind.DELIVERED, "anna.berg"),
        (EventKind.DEFERRED, "carla"),
        (EventKind.REFUSED, "ben.costa"),
        (EventKind.REFUSED, "dora"),
        (EventKind.DELIVERED, "staff"),
        (EventKind.DELIVERED, "eve"),
        (EventKind.DELIVERED, "anna.berg"),
        (EventKind.REFUSED, "ben.costa"),
        (EventKind.REFUSED, "ben.costa"),
    ]
    assert found[-1] == Event(
        EventKind.REFUSED, "ben.costa@northwind.example", AT + 4, "<3.news@messenger.example>",
        "news@messenger.example", code=550, enhanced="5.1.1", text="550 5.1.1 RESOLVER.ADR.RecipNotFound; not found",
    )  # fmt: skip


EVENT = Event(EventKind.REFUSED, "ann@a.example", AT, return_path="news@shop.example")


REPORTS = (
    """
#TYPE Selected.Microsoft.Exchange.Management.FfoReporting.MessageTrace
"Received","SenderAddress","RecipientAddress","Status"
"3/2/2026 8:00:00 AM","news@shop.example","ann@a.example","Failed"
""",
    """
#Software: Microsoft Exchange Server
#Log-type: Message Tracking Log
#Fields: date-time,event-id,recipient-address,sender-address
2026-03-02T08:00:00.000Z,RECEIVE,ann@a.example,news@shop.example
2026-03-02T08:00:00.000Z,FAIL,ann@a.example,news@shop.example
""",
    """
date_time_utc,sender_address,recipient_address,status
2026-03-02 08:00,news@shop.example,ann@a.example,Failed
""",
    """
"Received","SenderAddress","RecipientAddress","Status"
"3/2/2026 8:00:00 AM","news@shop.example","ann@a.example","Failed"
""",
    """
Date;Sender Address;Recipient Address;Status
02.03.2026 08:00;news@shop.example;ann@a.example;failed
""",
    """
{"value": [{"receivedDateTime": "2026-03-02T08:00:00Z", "senderAddress": "news@shop.example",
            "recipientAddress": "ann@a.example", "status": "failed"}]}
""",
    """
origin_timestamp_utc,sender_address,recipient_status
2026-03-02T08:00:00Z,news@shop.example,"ann@a.example##Receive, Fail"
""",
)


@pytest.mark.parametrize("text", REPORTS)
def test_a_failure_is_read_from_every_kind_of_report(text: str) -> None:
    assert list(exchange.read(lines_of(text))) == [EVENT]


def test_the_user_may_say_that_the_day_comes_first() -> None:
    text = "Received,RecipientAddress,Status\n02/03/2026 08:00:00,ann@a.example,Failed"
    assert list(exchange.read(lines_of(text), Hints(dates="dmy"))) == [Event(EventKind.REFUSED, "ann@a.example", AT)]


def test_an_unknown_status_is_told() -> None:
    (bad,) = exchange.read(lines_of("RecipientAddress,Status\nann@a.example,Lost"))
    assert isinstance(bad, BadLine)
    assert bad.reason.startswith("'Lost' is not an event of Exchange; its events are: Delivered, Expanded, ")


LED = "[{LED=550 5.1.1 RESOLVER.ADR.RecipientNotFound; not found};{MSG=};{FQDN=mx.a.example};{IP=192.0.2.7}]"
NOT_FOUND = EVENT._replace(
    code=550, enhanced="5.1.1", text="550 5.1.1 RESOLVER.ADR.RecipientNotFound; not found", mx="mx.a.example"
)
FULL = EVENT._replace(recipient="bob@a.example", code=552, enhanced="5.2.2", text="552 5.2.2 full; later")


@pytest.mark.parametrize(
    ("recipients", "status", "expected"),
    [
        ("ann@a.example", LED, [NOT_FOUND]),
        ("ann@a.example;bob@a.example", f"{LED};552 5.2.2 full; later", [NOT_FOUND, FULL]),
        ("bob@a.example;ann@a.example", f"552 5.2.2 full; later;{LED}", [FULL, NOT_FOUND]),
        ("ann@a.example;bob@a.example", f"{LED};{LED}", [NOT_FOUND, NOT_FOUND._replace(recipient="bob@a.example")]),
        ("ann@a.example;bob@a.example", LED, [NOT_FOUND, NOT_FOUND._replace(recipient="bob@a.example")]),
        ("ann@a.example;bob@a.example", "lost;gone", [EVENT._replace(text="lost"),
                                                      EVENT._replace(recipient="bob@a.example", text="gone")]),
        ("cyd@a.example;dan@a.example;ann@a.example", f";;{LED}", [EVENT._replace(recipient="cyd@a.example"),
                                                       EVENT._replace(recipient="dan@a.example"), NOT_FOUND]),
        ("ann@a.example", "[{LED=};{MSG=};{FQDN=};{IP=}]", [EVENT]),
        ("ann@a.example;bob@a.example", "a;b;c", [EVENT, EVENT._replace(recipient="bob@a.example")]),
    ],
)  # fmt: skip
def test_every_recipient_has_its_own_status(recipients: str, status: str, expected: list[Event]) -> None:
    row = {"date-time": "2026-03-02T08:00:00Z", "event-id": "FAIL", "recipient-address": recipients,
           "recipient-status": status, "sender-address": "news@shop.example"}  # fmt: skip
    assert events_of(exchange.read, row) == expected
    cells = ",".join(f'"{cell}"' for cell in row.values())
    assert list(exchange.read(lines_of(f"{','.join(row)}\n{cells}"))) == expected


def test_recipients_and_statuses_may_be_arrays() -> None:
    row = {"date_time": "2026-03-02T08:00:00Z", "event_id": "FAIL", "sender_address": "news@shop.example",
           "recipient_address": ["ann@a.example", "bob@a.example"],
           "recipient_status": [LED, "552 5.2.2 full; later"]}  # fmt: skip
    assert events_of(exchange.read, row) == [NOT_FOUND, FULL]
