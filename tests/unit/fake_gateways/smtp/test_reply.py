"""Replies as they are written and read (RFC 5321 4.2, RFC 3463 section 2, RFC 2034 section 4)."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.reply import (
    MAX_LINE_OCTETS,
    MAX_LINES,
    EnhancedStatus,
    GarbageError,
    Reply,
    ReplyReader,
    WordedLater,
    from_wire,
)

OK = EnhancedStatus(2, 1, 5)


@pytest.mark.parametrize(
    ("reply", "octets"),
    [
        (Reply(354), b"354 \r\n"),
        (Reply(220, ("mx ESMTP",)), b"220 mx ESMTP\r\n"),
        (Reply(550, ("User unknown",), EnhancedStatus(5, 1, 1)), b"550 5.1.1 User unknown\r\n"),
        (Reply(550, ("a", "", "b"), EnhancedStatus(5, 7, 28)), b"550-5.7.28 a\r\n550-5.7.28 \r\n550 5.7.28 b\r\n"),
        (Reply(250, ("é",)), b"250 \xc3\xa9\r\n"),
    ],
)
def test_every_line_repeats_code_and_status_and_only_the_last_has_a_space(reply: Reply, octets: bytes) -> None:
    assert reply.octets == octets


@pytest.mark.parametrize(
    ("octets", "reply"),
    [
        (b"250\r\n", Reply(250)),
        (b"250 ok\n", Reply(250, ("ok",))),
        (b"250-mx\r\n250-SIZE 10\r\n250 8BITMIME\r\n", Reply(250, ("mx", "SIZE 10", "8BITMIME"))),
        (b"550 5.1.1\r\n", Reply(550, ("",), EnhancedStatus(5, 1, 1))),
        (b"550-5.1.1 a\r\n550 b\r\n", Reply(550, ("a", "b"), EnhancedStatus(5, 1, 1))),
        (b"550-5.1.1 a\r\n550 5.1.10 b\r\n", Reply(550, ("a", "5.1.10 b"), EnhancedStatus(5, 1, 1))),
        (b"450 5.1.1 a\r\n", Reply(450, ("5.1.1 a",))),
        (b"550 #5.1.0 Address rejected.\r\n", Reply(550, ("#5.1.0 Address rejected.",))),
        (b"550 5.1.1.1 is no status\r\n", Reply(550, ("5.1.1.1 is no status",))),
        (b"550 \xe9\r\n", Reply(550, ("\\xe9",))),
    ],
)
def test_a_reply_is_read_with_its_status_lifted_out_of_the_text(octets: bytes, reply: Reply) -> None:
    assert ReplyReader().feed(octets) == [reply]


@pytest.mark.parametrize(
    "octets",
    [
        b"\r\n",
        b"25\r\n",
        b"199 too low\r\n",
        b"600 too high\r\n",
        b"250ok\r\n",
        b" 250 ok\r\n",
        b"250_ok\r\n",
        b"250-begins\r\n550 goes on otherwise\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"250 " + b"x" * MAX_LINE_OCTETS + b"\r\n",
        b"x" * (MAX_LINE_OCTETS + 1),
        b"250-x\r\n" * (MAX_LINES + 1),
    ],
)
def test_what_is_no_reply_is_garbage(octets: bytes) -> None:
    with pytest.raises(GarbageError):
        ReplyReader().feed(octets)


def test_a_line_of_the_greatest_length_and_a_reply_of_the_most_lines_are_read() -> None:
    longest = b"250 " + b"x" * (MAX_LINE_OCTETS - len(b"250 \r")) + b"\r\n"
    assert [len(reply.text) for reply in ReplyReader().feed(longest)] == [MAX_LINE_OCTETS - 5]
    most = b"250-x\r\n" * (MAX_LINES - 1) + b"250 x\r\n"
    assert [len(reply.lines) for reply in ReplyReader().feed(most)] == [MAX_LINES]


@pytest.mark.parametrize(
    ("code", "accepts", "defers", "refuses"),
    [
        (200, True, False, False),
        (354, True, False, False),
        (399, True, False, False),
        (400, False, True, False),
        (499, False, True, False),
        (500, False, False, True),
        (599, False, False, True),
    ],
)
def test_the_first_digit_says_whether_it_accepts_defers_or_refuses(
    code: int,
    *,
    accepts: bool,
    defers: bool,
    refuses: bool,
) -> None:
    reply = Reply(code)
    assert (reply.accepts, reply.defers, reply.refuses) == (accepts, defers, refuses)


@pytest.mark.parametrize("text", ["5.1.1", "2.0.0", "4.7.28", "5.999.999"])
def test_a_status_is_written_as_it_was_read(text: str) -> None:
    assert str(EnhancedStatus.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "5.1", "3.1.1", "5.1.1 ", "5.1.1234", "5.1.1.1", "5..1", "x5.1.1", "#5.1.0", "5.01.1", "5.1.\u0661"]
)
def test_anything_but_one_status_is_no_status(text: str) -> None:
    with pytest.raises(ValueError, match="is not an enhanced status"):
        EnhancedStatus.parse(text)


def test_a_reply_reads_as_one_line_of_prose() -> None:
    assert str(Reply(550, ("User", "unknown"), EnhancedStatus(5, 1, 1))) == "550 5.1.1 User unknown"
    assert Reply(250, ("a", "b")).text == "a\nb"


def test_blanks_around_a_received_line_are_dropped() -> None:
    assert from_wire(250, ["  a  ", "\tb"]) == Reply(250, ("a", "b"))


def test_a_reply_worded_later_is_worded_once_when_it_is_read() -> None:
    worded: list[str] = []

    def word() -> Reply:
        worded.append("now")
        return Reply(250, ("ok", "go on"), OK)

    reply = WordedLater(250, OK, word)
    assert (reply.code, reply.completes, worded) == (250, True, [])
    assert (reply.text, reply.octets) == ("ok\ngo on", b"250-2.1.5 ok\r\n250 2.1.5 go on\r\n")
    assert worded == ["now"]


def test_a_reply_worded_later_equals_one_that_says_the_same() -> None:
    later, now = WordedLater(250, OK, lambda: Reply(250, ("ok",), OK)), Reply(250, ("ok",), OK)
    assert later == now
    assert now == later
    assert hash(later) == hash(now)
    assert later != Reply(250, ("no",), OK)
    assert later != "250 2.1.5 ok"
