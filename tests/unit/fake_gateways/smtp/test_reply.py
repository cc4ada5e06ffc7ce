"""Replies as they are written and read (RFC 5321 4.2, RFC 3463 section 2, RFC 2034 section 4)."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.reply import (
    MAX_LINE_OCTETS,
    MAX_LINES,
    EnhancedStatus,
    GarbageError,
    Garbled,
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
        (b"250 MAX\r\n", Reply(250, ("MAX",))),
        (b"500 5.5.1 no\r\n", Reply(500, ("no",), EnhancedStatus(5, 5, 1))),
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
    assert str(Reply(250, ("a", "b"))) == "250 a b"
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


def test_replies_are_the_same_however_their_octets_are_split() -> None:
    octets = b"250-mx\r\n250 SIZE 10\r\n354 go\r\n550 5.1.1 no\r\n"
    replies = [Reply(250, ("mx", "SIZE 10")), Reply(354, ("go",)), Reply(550, ("no",), EnhancedStatus(5, 1, 1))]
    assert ReplyReader().feed(octets) == replies
    for first in range(len(octets) + 1):
        for second in range(first, len(octets) + 1):
            reader = ReplyReader()
            pieces = octets[:first], octets[first:second], octets[second:]
            assert [reply for piece in pieces for reply in reader.feed(piece)] == replies


def test_a_long_run_of_replies_is_read_as_a_short_one() -> None:
    assert ReplyReader().feed(b"250 ok\r\n" * 500) == [Reply(250, ("ok",))] * 500


def test_garbage_says_what_is_wrong_and_brings_the_replies_before_it() -> None:
    for begins in (b"", b"250 "):  # from the cache of whole runs, and without it
        reader = ReplyReader()
        reader.feed(begins)
        with pytest.raises(GarbageError, match=r"^b'HTTP/1.1.*' where a reply line was due$") as raised:
            reader.feed(b"250 ok\r\n250 more\r\nHTTP/1.1\r\n250 never\r\n"[len(begins) :])
        assert raised.value.replies == [Reply(250, ("ok",)), Reply(250, ("more",))]
    with pytest.raises(GarbageError, match=r"^a reply that began with 250 goes on with 550$"):
        ReplyReader().feed(b"250-a\r\n550 b\r\n")
    with pytest.raises(GarbageError, match=rf"^a reply line of more than {MAX_LINE_OCTETS} octets$"):
        ReplyReader().feed(b"2" * (MAX_LINE_OCTETS + 1))
    assert ReplyReader().feed(b"2" * MAX_LINE_OCTETS) == []
    with pytest.raises(GarbageError, match=f"^b'{'x' * 60}' where"):
        ReplyReader().feed(b"x" * 61 + b"\n")


@pytest.mark.parametrize(("octets", "whole"), [(b"250 ok\r\n", True), (b"250 ok", False), (b"250-ok\r\n", False)])
def test_octets_are_whole_replies_or_none(octets: bytes, *, whole: bool) -> None:
    assert ReplyReader().read_whole(octets) == ((Reply(250, ("ok",)),) if whole else None)


@pytest.mark.parametrize(
    ("octets", "heard"),
    [
        (b"", None),
        (b"garbage\r\n", None),
        (b"250 ok", None),
        (b"250 ok\r\n550 no\r\n", Reply(250, ("ok",))),
    ],
)
def test_in_octets_in_place_of_a_reply_a_client_may_read_one(octets: bytes, heard: Reply | None) -> None:
    assert Garbled(octets).heard == heard


@pytest.mark.parametrize(("code", "completes"), [(199, False), (200, True), (299, True), (300, False)])
def test_the_second_hundred_completes_a_command(code: int, *, completes: bool) -> None:
    assert Reply(code).completes is completes


def test_a_status_is_part_of_the_text_if_it_is_of_another_class_than_the_code() -> None:
    assert from_wire(550, ["4.1.1 a", "4.1.1 b"]) == Reply(550, ("4.1.1 a", "4.1.1 b"))
    assert from_wire(550, ["5.1.1 a", "5.1.1  b ", " c "]) == Reply(550, ("a", "b", "c"), EnhancedStatus(5, 1, 1))
