"""What a refusal shows by itself."""

from __future__ import annotations

from typing import Any

import pytest
from book_rows import STARTS, attempt, refused
from circumstances import REPORT, UNKNOWN, evidence_of

from fake_gateways.truth import Cause
from probe.classify.context.refusal import exchanger_of, is_reported_gone, key_of, operator_of, refusal_of
from probe.classify.evidence import Opened

ROW = refused(**UNKNOWN)


def test_a_refusal_alone_says_who_answered_and_what() -> None:
    found = refusal_of(evidence_of(ROW), ROW)
    assert (found.exchanger, found.source, found.message, found.stage) == (
        "127.1.0.1",
        "127.10.0.1",
        "news.eml",
        "rcpt",
    )
    assert (found.pattern, found.by_code, found.key) == ("user unknown", Cause.USER_UNKNOWN, key_of(ROW))
    assert (found.active_at, found.refused_before, found.deferred, found.is_reported) == (None, 0, False, False)
    assert (found.vendor, found.company) == ("acme.example", "acme.example")


def test_the_text_of_a_reported_one_is_that_of_the_report() -> None:
    row = attempt()
    found = refusal_of(evidence_of(row, returned=(REPORT._replace(recipient=row.recipient),)), row)
    assert (found.is_reported, found.stage, found.pattern) == (True, "report", "user unknown")
    assert (found.by_code, found.key) == (Cause.USER_UNKNOWN, key_of(row._replace(stage="report")))


def test_earlier_campaigns_say_when_the_recipient_was_active_and_when_it_bounced() -> None:
    delivered, bounced = evidence_of(attempt(at=STARTS - 200)), evidence_of(ROW._replace(at=STARTS - 300))
    found = refusal_of(evidence_of(ROW, before=(bounced, delivered)), ROW)
    assert (found.active_at, found.refused_before, found.delivered_again) == (STARTS - 200, 0, True)
    opened = (Opened(STARTS - 100, "opened", "<1@x>"),)
    found = refusal_of(evidence_of(ROW, before=(bounced,), opened=opened), ROW)
    assert (found.active_at, found.refused_before, found.delivered_again) == (STARTS - 100, 1, False)
    assert found.engaged_at == STARTS - 100


@pytest.mark.parametrize(("text", "for_sending"), [("try later", False), ("too many messages", True)])
def test_deferrals_before_the_refusal_are_remembered(text: str, *, for_sending: bool) -> None:
    first = refused(at=STARTS - 300, code=451, text=text)
    found = refusal_of(evidence_of(first, ROW), ROW)
    assert (found.deferred, found.deferred_for_sending) == (True, for_sending)


def test_an_exchanger_has_the_best_name_that_is_known() -> None:
    unnamed = ROW._replace(mx_address="")
    assert [exchanger_of(each) for each in (ROW, unnamed, unnamed._replace(mx=""))] == [
        "127.1.0.1",
        "mx.acme.example",
        "acme.example",
    ]


def test_refusals_of_different_recipients_sources_or_stages_have_different_keys() -> None:
    others = [ROW._replace(recipient="bob@acme.example"), ROW._replace(local_address="::1"), ROW._replace(stage="mail")]
    assert len({key_of(each) for each in (ROW, *others)}) == 4
    assert key_of(ROW._replace(recipient="\udcff@acme.example")) < 2**64


def test_an_exchanger_of_an_unknown_vendor_belongs_to_an_organisation() -> None:
    assert operator_of(ROW._replace(mx="mx1.one.iphmx.com")) == "Cisco"
    assert operator_of(ROW._replace(mx="mx2.mail.acme.co.uk")) == "acme.co.uk"
    assert operator_of(ROW._replace(mx="")) == "127.1.0.1"


@pytest.mark.parametrize(
    ("told", "gone"),
    [
        ({}, True),
        ({"status": "4.4.7"}, False),
        ({"status": None, "code": 452}, False),
        ({"status": "5.4.7", "text": "QUEUE.Expired; message expired"}, False),
        ({"status": "5.7.1", "text": "message refused as spam"}, True),
        ({"action": "delayed"}, False),
    ],
)
def test_a_report_that_a_message_expired_says_nothing_of_a_mailbox(told: dict[str, Any], *, gone: bool) -> None:
    row = attempt()
    report = REPORT._replace(recipient=row.recipient, **told)
    assert is_reported_gone(evidence_of(row, returned=(report,)), 0) is gone
    assert not is_reported_gone(evidence_of(row), 0)
