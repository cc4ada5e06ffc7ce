"""The events of a recipient as lines of text."""

from __future__ import annotations

from typing import Any

import pytest
from book_rows import STARTS, attempt, returned, truth

from fake_gateways.truth import Truth
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
    assert first == "attempt 1 of news (news.eml) to no mail server"
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
    row = returned()
    assert returned_lines(row) == ["report returned, joined by return-path", "failed 5.1.1 no such user"]
    assert returned_lines(row._replace(action="", status="", text="")) == ["report returned, joined by return-path"]


def test_a_time_is_utc_to_the_millisecond() -> None:
    assert moment(STARTS + 0.0625) == "2026-03-02 08:00:00.062"


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({}, ["attempt 1", "delivered: 250 ok"]),
        ({"text": ""}, ["attempt 1", "delivered: 250"]),
        ({"text": "", "code": None}, ["attempt 1", "delivered"]),
        (
            {"outcome": "refused", "code": 550, "enhanced": "5.1.1", "text": "550 5.1.1 no", "mx": "mx.acme.example"},
            ["attempt 1 to mx.acme.example", "refused: 550 5.1.1 no"],
        ),
        (
            {"outcome": "refused", "code": None, "text": "", "failure": "no-route", "campaign": "news"},
            ["attempt 1 of news to no mail server", "refused: no-route"],
        ),
        ({"local_address": "127.10.0.1", "tls": True}, ["attempt 1 from 127.10.0.1, encrypted", "delivered: 250 ok"]),
    ],
)
def test_what_the_log_of_another_system_does_not_say_is_left_out(fields: dict[str, Any], lines: list[str]) -> None:
    silent = dict.fromkeys(("campaign", "message", "mx", "mx_address", "local_address", "stage"), "")
    assert attempt_lines(attempt(**{**silent, "tls": False, "code": 250, "text": "ok", **fields}), None) == lines


def test_a_time_that_no_log_says_is_not_the_year_1970() -> None:
    assert moment(0.0) == "at an unknown time"
