"""The parts of mail that logs quote."""

from __future__ import annotations

import pytest

from probe.intake.reading.lines import UnreadableError
from probe.intake.reading.quoted import (
    MAX_NAME,
    MAX_TEXT,
    QuotedReply,
    kept,
    message_id,
    moment,
    name,
    parse_reply,
    recipient,
    status,
)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("550 5.1.1 no such user", QuotedReply(550, "5.1.1", "no such user")),
        ("550 no such user", QuotedReply(550, None, "no such user")),
        ("550-5.1.1 no such user\n550 5.1.1 sorry", QuotedReply(550, "5.1.1", "no such user\nsorry")),
        ("550-5.1.1 no such user 550 5.1.1 sorry", QuotedReply(550, "5.1.1", "no such user\nsorry")),
        ("550", QuotedReply(550, None, "")),
        ("no route to host", QuotedReply(None, None, "no route to host")),
        ("5500 items", QuotedReply(None, None, "5500 items")),
    ],
)
def test_a_reply_is_parsed_whether_its_lines_are_joined_by_line_feeds_or_spaces(text: str, reply: QuotedReply) -> None:
    assert parse_reply(text) == reply


def test_a_long_text_is_cut_and_a_lone_surrogate_escaped() -> None:
    assert len(kept("x" * (MAX_TEXT + 1))) == MAX_TEXT
    assert kept("a\ud800") == r"a\ud800"


@pytest.mark.parametrize(("text", "found"), [("5.1.1 x", "5.1.1"), ("5.1.1.2", None), ("3.1.1", None), ("", None)])
def test_an_enhanced_status_is_read_from_the_start(text: str, found: str | None) -> None:
    assert status(text) == found


def test_an_address_loses_its_brackets_and_one_too_long_is_none() -> None:
    assert name(" <ann@acme.example> ") == "ann@acme.example"
    assert name("x" * (MAX_NAME + 1)) == ""
    with pytest.raises(UnreadableError, match="no recipient"):
        recipient("<>")


def test_a_message_id_has_angle_brackets() -> None:
    assert [message_id(text) for text in ("m@x", "<m@x>", "")] == ["<m@x>", "<m@x>", ""]


@pytest.mark.parametrize(
    "text", ["1772438400", "2026-03-02T08:00:00Z", "2026-03-02 09:00:00+01:00", "2026-03-02 08:00"]
)
def test_a_time_is_read_as_seconds_or_iso_8601_in_utc(text: str) -> None:
    assert moment(text) == 1_772_438_400


def test_a_time_that_cannot_be_read_is_an_error_that_quotes_it() -> None:
    with pytest.raises(UnreadableError, match="'yesterday' is not a time"):
        moment("yesterday")
