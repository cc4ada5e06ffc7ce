"""Our own delivery reports, read back: every layout with every habit tells what it can."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from fake_gateways.reports.dsn import Habit, Layout, Report, Undelivered, disagreeing
from fake_gateways.reports.layouts import compose
from fake_gateways.smtp.reply import EnhancedStatus, Reply
from probe.returned_mail import Action, RecipientEntry, ReturnedKind, read
from probe.returned_mail.diagnostic import outranks

ANN = Undelivered("ann@acme.example", Reply(550, ("User unknown",), EnhancedStatus(5, 1, 1)))
BEN = Undelivered(
    "ben@acme.example", Reply(550, ("IP address blocked",), EnhancedStatus(5, 7, 1)), remote_host="mail.acme.example"
)
FULL = Undelivered("eve@acme.example", Reply(452, ("Mailbox full",), EnhancedStatus(4, 2, 2)), kind="delayed")
DONE = Undelivered("dan@acme.example", Reply(250, ("Ok",), EnhancedStatus(2, 0, 0)), kind="delivered")
REPORT = Report(
    host="mx.acme.example",
    at=1_772_438_460.0,
    arrived_at=1_772_438_400.0,
    return_path="news+ann=acme.example@bounce.sender.example",
    undelivered=(ANN, BEN),
    original=(
        b"From: news@sender.example\r\nTo: all@sender.example\r\nSubject: Spring news\r\n"
        b"Message-ID: <1@sender.example>\r\n\r\nDear Ann,\r\nhi.\r\n"
    ),
    number="acme.1",
)
TEXT_ONLY = {Layout.SYMANTEC_CLOUD, Layout.EXIM, Layout.QMAIL}
HABITS = [frozenset(some) for number in range(len(Habit) + 1) for some in combinations(Habit, number)]
every_layout = pytest.mark.parametrize("layout", list(Layout))


def told(each: Undelivered, layout: Layout, habits: frozenset[Habit]) -> tuple[str, str | None, int | None]:
    """Return recipient, status and code, as far as a report in that layout and with those habits tells them."""
    keeps_back = Habit.NO_DIAGNOSTIC in habits
    if layout in TEXT_ONLY:
        return each.recipient, None if keeps_back else str(each.status), None if keeps_back else each.reply.code
    status = str(each.status)
    if each.remote_host and layout is Layout.EXCHANGE_ONLINE:
        status = "5.1.351"
    elif each.remote_host and layout is Layout.SENDMAIL:
        status = "5.1.1"
    code = None if keeps_back else each.reply.code
    if keeps_back and each.remote_host and layout is Layout.SENDMAIL and Habit.FOREIGN_LANGUAGE not in habits:
        code = 550  # "550 5.1.1 <ben@acme.example>... User unknown" stands in the transcript all the same.
    stated = disagreeing(status) if Habit.DISAGREEING_STATUS in habits else status
    # What the server said counts more, but makes no address unknown of which the reporter says otherwise.
    said = str(each.status)
    return each.recipient, said if not keeps_back and outranks(said, stated) else stated, code


@every_layout
@pytest.mark.parametrize("habits", HABITS, ids=lambda habits: "+".join(sorted(habits)) or "none")
def test_a_report_tells_recipients_statuses_codes_and_actions(layout: Layout, habits: frozenset[Habit]) -> None:
    mail = read(compose(REPORT, layout, habits))
    assert mail.kind is ReturnedKind.REPORT
    found = [(entry.recipient, entry.status, entry.code) for entry in mail.recipients]
    assert found == [told(each, layout, habits) for each in REPORT.undelivered]
    assert {entry.action for entry in mail.recipients} == {Action.FAILED}
    quotes_headers = layout in {Layout.EXCHANGE, Layout.EXCHANGE_ONLINE} and Habit.FOREIGN_LANGUAGE not in habits
    is_back = quotes_headers or Habit.NO_ORIGINAL not in habits
    assert mail.message_id == ("<1@sender.example>" if is_back else "")


@every_layout
def test_the_words_of_the_server_are_the_diagnostic(layout: Layout) -> None:
    ann, ben = read(compose(REPORT, layout)).recipients
    assert "User unknown" in ann.text
    assert "IP address blocked" in ben.text
    assert "blocked" not in ann.text


@pytest.mark.parametrize("layout", [layout for layout in Layout if layout not in TEXT_ONLY])
@pytest.mark.parametrize("each", [FULL, DONE], ids=["delayed", "delivered"])
def test_a_delay_and_a_success_are_no_failures(layout: Layout, each: Undelivered) -> None:
    (entry,) = read(compose(replace(REPORT, undelivered=(each,)), layout)).recipients
    assert (entry.recipient, entry.action, entry.status) == (each.recipient, Action(each.kind), str(each.status))


def test_a_header_alone_brings_the_message_id_back() -> None:
    assert read(compose(replace(REPORT, headers_only=True), Layout.POSTFIX)).message_id == "<1@sender.example>"


def test_the_recipient_as_the_sender_wrote_it_is_told_apart() -> None:
    asked = replace(ANN, original_recipient="rfc822;Ann.Berg@acme.example")
    (entry,) = read(compose(replace(REPORT, undelivered=(asked,)), Layout.RFC3464)).recipients
    assert (entry.recipient, entry.original_recipient) == ("ann@acme.example", "Ann.Berg@acme.example")


def test_an_address_beyond_ascii_is_read_from_an_international_report() -> None:
    other = replace(ANN, recipient="änne@acme.example")
    (entry,) = read(compose(replace(REPORT, undelivered=(other,)), Layout.RFC3464)).recipients
    expected = RecipientEntry("änne@acme.example", Action.FAILED, "5.1.1", 550, "550 5.1.1 User unknown")
    assert entry == expected


def test_no_more_than_a_thousand_recipients_are_read() -> None:
    many = tuple(replace(ANN, recipient=f"ann{number}@acme.example") for number in range(1200))
    assert len(read(compose(replace(REPORT, undelivered=many), Layout.RFC3464)).recipients) == 1000
