"""PowerMTA's accounting files (https://jnotes.github.io/pmta-doc, https://hackmd.io/@z3d3m0n/Pmta_records).

The sample was written by hand after the tables of columns there; quotes are as https://www.rfc-editor.org/rfc/rfc4180
has them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats.powermta import read

SAMPLE = Path(__file__).parents[4] / "intake/documented/powermta.csv"
HEADER = "type,timeLogged,rcpt,dsnAction,dsnStatus,dsnDiag"
EIGHT = 1772438400.0
"""2026-03-02 08:00 UTC."""


def read_text(*texts: str) -> list[Event | BadLine]:
    """Read lines."""
    return list(read(LogLine(number, text) for number, text in enumerate(texts, 1)))


def event(row: str) -> Event:
    """Return the event of a row under a header line."""
    (found,) = read_text(HEADER, row)
    assert isinstance(found, Event)
    return found


def test_the_sample_is_read() -> None:
    common = Event(
        EventKind.REFUSED, "", return_path="news@bounce.example", campaign="spring", local_address="203.0.113.9"
    )
    report = common._replace(local_address="", stage="report")
    assert read_text(*SAMPLE.read_text().splitlines()) == [
        common._replace(
            kind=EventKind.DELIVERED,
            recipient="ann@acme.example",
            at=EIGHT + 1,
            message_id="<1@news.example>",
            mx="mx.acme.example",
            stage="end-of-data",
            code=250,
            enhanced="2.0.0",
            text='Ok: queued, "77AA"',
        ),
        common._replace(
            recipient="bob@acme.example",
            at=EIGHT + 2,
            message_id="<2@news.example>",
            mx="mx.acme.example",
            code=550,
            enhanced="5.1.1",
            text="No such person here",
            is_own_status=True,
            label="bad-mailbox",
        ),
        Event(
            EventKind.REFUSED,
            "cleo@nowhere.example",
            EIGHT + 3,
            enhanced="5.1.2",
            text="bad destination system: no such domain",
            label="bad-domain",
        ),
        common._replace(
            kind=EventKind.DEFERRED,
            recipient="dora@coal.example",
            at=EIGHT + 4,
            mx="mx.coal.example",
            enhanced="4.4.1",
            text="no answer from host",
            label="no-answer-from-host",
        ),
        common._replace(
            kind=EventKind.DEFERRED,
            recipient="eric@berg.example",
            at=EIGHT + 5.5,
            local_address="2001:db8::9",
            mx="mx.berg.example",
            code=450,
            enhanced="4.7.25",
            text="Greylisted",
            label="other",
        ),
        report._replace(
            kind=EventKind.BOUNCED_LATER,
            recipient="fred@dune.example",
            at=EIGHT + 3600,
            mx="edge.dune.example",
            code=552,
            enhanced="5.2.2",
            text="Mailbox full",
            label="quota-issues",
        ),
        report._replace(
            kind=EventKind.DEFERRED,
            recipient="gina@dune.example",
            at=EIGHT + 3601,
            mx="mx.dune.example",
            enhanced="4.4.7",
            text="x-queue;waiting",
            label="other",
        ),
        Event(
            EventKind.COMPLAINT,
            "hugo@elm.example",
            EIGHT + 3602,
            return_path="news@bounce.example",
            campaign="summer",
            label="abuse",
        ),
        BadLine(13, "no recipient"),
        BadLine(14, "4 columns where the header line names 13"),
        BadLine(15, "'yesterday' is not a time"),
        BadLine(16, "not CSV: unexpected end of data"),
    ]


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("delivery", "delivered"),
        ("bounce", "refused"),
        ("transient", "deferred"),
        ("remote-bounce", "bounced-later"),
        ("remote-status", "bounced-later"),
        ("feedback-loop", "complaint"),
        ("tq", "deferred"),
        ("D", "delivered"),
    ],
)
def test_a_type_may_be_written_out(type_: str, kind: str) -> None:
    assert event(f"{type_},,ann@acme.example,,,").kind == kind


@pytest.mark.parametrize(
    ("action", "kind"),
    [("failed", "bounced-later"), ("", "bounced-later"), ("Delivered", "delivered"), ("relayed", "delivered")],
)
def test_a_remote_status_is_what_it_says(action: str, kind: str) -> None:
    assert event(f"rs,,ann@acme.example,{action},,").kind == kind


@pytest.mark.parametrize(
    ("diagnostic", "code", "enhanced", "text"),
    [
        ("smtp;550-5.1.1 No such 550 5.1.1 person", 550, "5.1.1", "No such\nperson"),
        ("SMTP; 550 No", 550, "5.0.0", "No"),
        ("smtp;550", 550, "5.0.0", ""),
        ("smtp;no idea", None, "5.0.0", "no idea"),
        ("x-pmta;550 No", None, "5.0.0", "x-pmta;550 No"),
        ("", None, "5.0.0", "undefined status"),
    ],
)
def test_a_diagnostic_is_taken_apart(diagnostic: str, code: int | None, enhanced: str, text: str) -> None:
    found = event(f"b,,ann@acme.example,failed,5.0.0 (undefined status),{diagnostic}")
    assert (found.code, found.enhanced, found.text) == (code, enhanced, text)


@pytest.mark.parametrize(("feedback", "kind"), [("abuse", "complaint"), ("not-spam", "feedback"), ("", "complaint")])
def test_feedback_is_a_complaint_by_its_type(feedback: str, kind: str) -> None:
    (found,) = read_text("type,rcpt,feedbackType", f"f,ann@acme.example,{feedback}")
    assert isinstance(found, Event)
    assert (found.kind, found.label) == (kind, feedback)


def test_a_byte_order_mark_before_the_header_is_none_of_it() -> None:
    assert len(read_text("\ufeff" + HEADER, "d,,ann@acme.example,,,")) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,,ann@acme.example,,,", "record type 'x' is unknown"),
        ("d,,ann@acme.example,,", "5 columns where the header line names 6"),
        ("d,,ann@acme.example,,,,", "7 columns where the header line names 6"),
        ("d,,,,,", "no recipient"),
        ("d,inf,ann@acme.example,,,", "'inf' is not a time"),
        ("d,,ann@acme.example,,,a\rb", "not CSV: new-line character seen in unquoted field"),
    ],
)
def test_a_bad_line_is_told(row: str, reason: str) -> None:
    (bad,) = read_text(HEADER, row)
    assert isinstance(bad, BadLine)
    assert bad.number == 2
    assert bad.reason.startswith(reason)


def test_a_record_without_a_header_line_cannot_be_read() -> None:
    assert read_text("d,1772438400,ann@acme.example") == [BadLine(1, "no header line names its columns")]


@pytest.mark.parametrize("line", ["", "Mar  2 08:00:01 out pmtad: started", "r,1772438400,ann@acme.example"])
def test_lines_that_tell_of_no_delivery_are_passed_over(line: str) -> None:
    assert read_text(line) == []


def test_a_record_without_the_time_it_was_logged_has_that_of_its_queueing() -> None:
    (found,) = read_text("type,timeQueued,rcpt", "b,2026-03-02 04:00:00-0400,ann@acme.example")
    assert isinstance(found, Event)
    assert found.at == EIGHT


def test_the_type_may_be_in_any_column() -> None:
    header = "timeLogged,rcpt,type,dsnStatus,dsnDiag"
    found = read_text(
        header,
        "2026-03-02 08:00:00+0000,ann@acme.example,b,5.1.1 (bad),smtp;550 5.1.1 no such user",
        "2026-03-02 08:00:00+0000,ann@acme.example,r,,",
        "d,x",
    )
    (event, bad) = found
    assert isinstance(event, Event)
    assert (event.kind, event.recipient, event.code) == (EventKind.REFUSED, "ann@acme.example", 550)
    assert bad == BadLine(4, "2 columns where the header line names 5")
