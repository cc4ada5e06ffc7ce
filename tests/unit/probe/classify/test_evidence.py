"""What the evidence about a recipient says: the last attempt, the report, and the reply that decides."""

from __future__ import annotations

import pytest
from book_rows import STARTS, attempt, refused, returned
from circumstances import REPORT

from probe.classify.evidence import Evidence
from probe.records.returned import Returned

ANN = "ann@acme.example"
DELAYED = REPORT._replace(recipient=ANN, action="delayed", status="4.4.1")
FAILED = REPORT._replace(recipient=ANN)
COMPLAINT = REPORT._replace(recipient=ANN, kind="complaint", action=None)


def evidence(*rows: Returned) -> Evidence:
    """Return the evidence of a recipient whose mail was accepted, and what came back."""
    return Evidence(ANN, (refused(code=451), attempt(number=2)), rows)


def test_the_last_attempt_decides_whether_the_mail_bounced() -> None:
    assert evidence().last.number == 2
    assert not evidence().bounced
    assert Evidence(ANN, (attempt(), refused(code=550))).bounced
    assert Evidence(ANN, (attempt(outcome="failed", code=None),)).bounced


@pytest.mark.parametrize(
    ("rows", "report"),
    [
        ((), None),
        ((DELAYED, COMPLAINT), None),
        ((FAILED, COMPLAINT), FAILED),
        ((FAILED, FAILED._replace(seq=2)), FAILED._replace(seq=2)),
    ],
)
def test_the_report_is_the_last_one_that_says_the_mail_was_not_delivered(
    rows: tuple[Returned, ...], report: Returned | None
) -> None:
    assert evidence(*rows).report == report
    assert evidence(*rows).bounced is (report is not None)


def test_the_reply_that_decides_is_the_last_one_without_a_report() -> None:
    row = refused(code=550, enhanced="5.1.1", text="User unknown")
    assert Evidence(ANN, (row,)).heard == (550, "5.1.1", "User unknown")


def test_a_report_decides_only_after_an_acceptance() -> None:
    assert evidence(FAILED).heard == (550, "5.1.1", "user unknown")
    row = refused(code=554, enhanced="5.7.1", text="spam")
    assert Evidence(ANN, (row,), (FAILED,)).heard == (554, "5.7.1", "spam")


def test_a_report_without_a_code_gets_one_from_its_status() -> None:
    assert evidence(FAILED._replace(code=None)).heard[0] == 550
    assert evidence(FAILED._replace(code=None, status="4.4.7")).heard[0] == 450
    assert evidence(FAILED._replace(code=None, status=None)).heard[0] is None


def test_a_report_is_about_the_attempt_before_it() -> None:
    first, second = attempt(at=STARTS, number=1), attempt(at=STARTS + 1000, number=2, seq=2)
    early, late = returned(at=STARTS + 60), returned(at=STARTS + 1060, seq=2)
    tested = Evidence("ann@acme.example", (first, second), (early,))
    assert (tested.report_on(0), tested.report, tested.bounced) == (early, None, False)
    again = Evidence("ann@acme.example", (first, second), (early, late))
    assert (again.report_on(0), again.report, again.bounced) == (early, late, True)
    timeless = Evidence(
        "ann@acme.example", (first._replace(at=float("inf")), second._replace(at=float("inf"))), (early,)
    )
    assert timeless.report == early
