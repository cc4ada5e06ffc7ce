"""The events of a recipient as lines of text."""

from __future__ import annotations

import pytest
from book_rows import STARTS, attempt, truth

from fake_gateways.truth import Truth
from probe.records.returned import Returned
from probe.report.event_lines import attempt_lines, moment, returned_lines, truth_line


def test_an_attempt_has_its_ends_then_its_result_then_its_dialogue() -> None:
    made = attempt(outcome="refused", stage="rcpt", code=550, enhanced="5.1.1", text="no such\r\nuser")
    assert attempt_lines(made, "> RCPT\n< 550") == [
        "attempt 1 of news (news.eml) from 127.10.0.1 to mx.acme.example [127.1.0.1]",
        "refused at rcpt: 550 5.1.1 no such user",
        "  > RCPT",
        "  < 550",
    ]


def test_an_attempt_without_reply_names_the_failure() -> None:
    made = attempt(outcome="failed", stage="connect", code=None, failure="no-route", text="null MX", mx="", tls=False)
    first, second = attempt_lines(made._replace(local_address=""), None)
    assert first.endswith(" from no address to no mail server")
    assert second == "failed at connect: no-route: null MX"


def test_of_a_replayed_log_a_decision_is_what_the_log_says() -> None:
    assert truth_line(truth(), as_logged=True) == "as the log says: inbox"


def test_encryption_is_named() -> None:
    assert attempt_lines(attempt(tls=True), None)[0].endswith("[127.1.0.1], encrypted")


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (None, "truth: no decision"),
        (truth(), "truth: inbox"),
        (
            truth(fate="refused", cause="content", policy="content", claimed="content"),
            "truth: refused for content by policy content",
        ),
        (
            truth(fate="refused", cause="velocity", policy="velocity", claimed="user-unknown", honest=False),
            "truth: refused for velocity by policy velocity, claimed as user-unknown",
        ),
    ],
)
def test_a_decision_names_the_claimed_cause_only_if_it_is_another_one(row: Truth | None, line: str) -> None:
    assert truth_line(row) == line


def test_a_returned_message_has_its_kind_then_what_it_says() -> None:
    row = Returned(
        "acme",
        1,
        STARTS,
        "bounce@shop.example",
        "news",
        "ann@acme.example",
        "report",
        action="failed",
        status="5.1.1",
        code=550,
        text="no such user",
        joined_by="return-path",
        message_id="",
        content="",
    )
    assert returned_lines(row) == ["report returned, joined by return-path", "failed 5.1.1 no such user"]
    assert returned_lines(row._replace(action="", status="", text="")) == ["report returned, joined by return-path"]


def test_a_time_is_utc_to_the_millisecond() -> None:
    assert moment(STARTS + 0.0625) == "2026-03-02 08:00:00.062"
