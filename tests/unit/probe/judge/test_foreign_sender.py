"""Stories of campaigns that another system sent to our gateways."""

from __future__ import annotations

import pytest
from book_rows import STARTS, truth

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.intake.event import Event, EventKind
from probe.judge.foreign_sender import events_of_foreign_sender, first_attempts, foreign_stories
from probe.judge.reported import sort_events
from probe.records.attempt import Failure
from probe.records.rows import Mailbox

ANN, BOB = "ann@acme.example", "bob@acme.example"


def event(kind: EventKind = EventKind.REFUSED, recipient: str = ANN, **fields: object) -> Event:
    """Return an event."""
    return Event(kind, recipient)._replace(**fields)


def test_the_first_decision_on_a_recipient_gives_the_time_of_its_first_attempt() -> None:
    decided = [truth(recipient=""), truth(recipient=ANN.upper(), at=STARTS + 5), truth(recipient=ANN, at=STARTS + 9)]
    assert first_attempts(decided) == {("", ANN): STARTS + 5}


def test_replies_come_from_the_log_of_the_sender_and_the_truth_from_our_books() -> None:
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
    stories = foreign_stories(sort_events(log, first_attempts(decided)), decided, boxes)
    ann, bob = stories["", ANN], stories["", BOB]
    assert [attempt.outcome for attempt in ann.evidence.attempts] == ["deferred", "refused"]
    assert (ann.evidence.heard[0], ann.cause, ann.mailbox, ann.gateway) == (
        550, Cause.CONTENT, MailboxState.PRESENT, "acme",
    )  # fmt: skip
    assert bob.evidence.bounced
    assert bob.evidence.heard[1] == "5.1.1"


def test_a_recipient_refused_before_rcpt_is_kept_and_one_without_an_event_is_silent() -> None:
    # The sender with mail for Bob was refused in the greeting; Cat got no mail.
    decided = [truth(recipient="", stage="connect", cause="ip-reputation", code=554), truth(recipient=ANN)]
    boxes = {each: Mailbox(each, "acme", "present", None) for each in (ANN, BOB, "cat@acme.example")}
    log = [
        event(EventKind.REFUSED, BOB.upper(), at=STARTS + 30, code=554, text="no"),
        event(recipient="eve@acme.example"),
    ]
    reported = events_of_foreign_sender(log, decided, boxes)
    assert [each.recipient for each in reported.strangers] == ["eve@acme.example"]
    assert reported.silent == [("", ANN)]
    stories = foreign_stories(reported, decided, boxes)
    assert list(stories) == [("", BOB)]
    assert stories["", BOB].cause is Cause.UNKNOWN


def test_an_event_without_an_attempt_makes_no_story() -> None:
    opened = sort_events([event(EventKind.OPENED, at=STARTS)], {("", ANN): STARTS})
    assert foreign_stories(opened, [truth(recipient=ANN)], {}) == {}


@pytest.mark.parametrize(
    ("enhanced", "code", "failure"),
    [
        ("5.4.4", None, Failure.NO_ROUTE),
        ("5.1.1", 550, None),
        ("4.4.7", None, Failure.UNREACHABLE),
        (None, None, Failure.UNREACHABLE),
    ],
)
def test_without_a_reply_the_status_decides(enhanced: str | None, code: int | None, failure: Failure | None) -> None:
    refused = event(enhanced=enhanced, code=None)
    (story,) = foreign_stories(sort_events([refused], {("", ANN): STARTS}), [truth(recipient=ANN)], {}).values()
    assert (story.evidence.last.code, story.evidence.last.failure) == (code, failure)


def test_an_attempt_without_a_time_has_that_of_the_gateways_decision() -> None:
    decided = [truth(recipient=ANN, at=STARTS + 5, code=451), truth(recipient=ANN, at=STARTS + 65)]
    log = [
        *(event(EventKind.DEFERRED, code=451, text=f"{n}") for n in range(2)),
        event(EventKind.REFUSED, code=550),
        event(EventKind.REFUSED, BOB, code=554),
    ]
    boxes = {each: Mailbox(each, "acme", "present", None) for each in (ANN, BOB)}
    stories = foreign_stories(events_of_foreign_sender(log, decided, boxes), decided, boxes)
    assert [each.at for each in stories["", ANN].evidence.attempts] == [STARTS + 5, STARTS + 65, STARTS + 65]
    assert [each.at for each in stories["", BOB].evidence.attempts] == [0.0]
