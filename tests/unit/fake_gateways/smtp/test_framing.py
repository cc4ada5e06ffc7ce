"""Where a line ends, where the content ends, and what passes for neither (RFC 5321 2.3.8, 4.1.1.4, 4.5.2)."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.command import MAX_LINE_OCTETS
from fake_gateways.smtp.framing import BareLineFeedError, ContentTooLargeError, Framing, LineTooLongError
from probe.sender.transport.dot_stuffing import stuff

LIMIT = 1000
MOST_HELD = LIMIT * 4 // 3 + 10
"""Content of the limit's size may take a third more on the wire: lines of one dot, each doubled."""


def fed(octets: bytes, *, limit: int = LIMIT) -> Framing:
    framing = Framing(limit)
    framing.feed(octets)
    return framing


def test_pipelined_lines_come_out_one_by_one_and_the_unfinished_one_waits() -> None:
    framing = fed(b"RSET\r\n\r\nQUI")
    assert [framing.line(), framing.line(), framing.line()] == [b"RSET", b"", None]
    assert framing.pending == 3
    framing.feed(b"T\r")
    assert framing.line() is None
    framing.feed(b"\n")
    assert framing.line() == b"QUIT"
    assert framing.pending == 0


def test_a_bare_line_feed_is_an_error_once_and_the_next_line_is_read() -> None:
    framing = fed(b"RSET\nNOOP\r\n")
    with pytest.raises(BareLineFeedError):
        framing.line()
    assert framing.line() == b"NOOP"


def test_a_bare_carriage_return_ends_no_line() -> None:
    assert fed(b"RSET\rNOOP\r\n").line() == b"RSET\rNOOP"


@pytest.mark.parametrize("excess", [1, 5000])
def test_a_line_too_long_is_dropped_to_its_end_and_told_once(excess: int) -> None:
    framing = fed(b"x" * (MAX_LINE_OCTETS - 2 + excess))
    assert framing.line() is None
    framing.feed(b"x\r\nNOOP\r\n")
    with pytest.raises(LineTooLongError):
        framing.line()
    assert framing.line() == b"NOOP"


def test_an_endless_line_takes_no_memory() -> None:
    framing = Framing(LIMIT)
    for _ in range(100):
        framing.feed(b"x" * MAX_LINE_OCTETS + b"x")
        assert framing.line() is None
        assert framing.pending <= MAX_LINE_OCTETS


def test_a_line_of_exactly_the_limit_with_its_end_is_read() -> None:
    assert fed(b"x" * (MAX_LINE_OCTETS - 2) + b"\r\n").line() == b"x" * (MAX_LINE_OCTETS - 2)


@pytest.mark.parametrize(
    ("wire", "content"),
    [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"a\r\n.\r\n", b"a\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"..a\r\n...\r\n.\r\n", b".a\r\n..\r\n"),
        (b".a\r\n.\r\n", b"a\r\n"),
        (b"a\n.b\r\n.\r\n", b"a\n.b\r\n"),
    ],
)
def test_the_content_is_unstuffed_up_to_its_final_dot(wire: bytes, content: bytes) -> None:
    framing = fed(wire + b"QUIT\r\n")
    assert framing.content() == content
    assert framing.line() == b"QUIT"


SMUGGLED = b"MAIL FROM:<boss@northwind.example>\r\nRCPT TO:<anna@northwind.example>\r\nDATA\r\n"


@pytest.mark.parametrize(
    "end",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\r.\r",
        b"\r.\r\n",
        b"\r\n.\n",
        b"\r\n.\r",
        b"\n.\r",
        b"\r.\n",
        b"\n\r.\r\n",
        b"\r\n\0.\r\n",
    ],
)
def test_no_other_line_end_around_the_dot_smuggles_a_second_message(end: bytes) -> None:
    framing = fed(b"first" + end + SMUGGLED)
    assert framing.content() is None
    framing.feed(b"rest\r\n.\r\n")
    content = framing.content()
    assert content is not None
    assert content.startswith(b"first")
    assert content.endswith(SMUGGLED + b"rest\r\n")
    assert framing.pending == 0


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_content_too_large_is_not_kept_and_what_follows_is_read(step: int) -> None:
    framing = Framing(LIMIT)
    wire = b"x" * 78 + b"\r\n"
    wire = wire * 100 + b".\r\nNOOP\r\n"
    caught = 0
    for start in range(0, len(wire), step):
        framing.feed(wire[start : start + step])
        if not caught:
            try:
                assert framing.content() is None
            except ContentTooLargeError:
                caught += 1
            else:
                assert framing.pending <= MOST_HELD + step
    assert caught == 1
    assert framing.line() == b"NOOP"
    # The next message is judged by its own size.
    framing.feed(b"small\r\n.\r\n")
    assert framing.content() == b"small\r\n"


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize("line", [b"x" * 48 + b"\r\n", b"." * 8 + b"\r\n", b".x\r\n", b"\r\n"])
@pytest.mark.parametrize("excess", [-1, 0, 1, 2, 3, 4])
def test_the_limit_counts_the_message_without_stuffing_and_final_dot(step: int, line: bytes, excess: int) -> None:
    """RFC 1870 section 5 defines the size so; how the network splits the octets makes no difference."""
    content = line * ((LIMIT - 10) // len(line))
    content += b"x" * (LIMIT + excess - len(content) - 2) + b"\r\n"
    assert len(content) == LIMIT + excess
    wire = stuff(content)
    framing = Framing(LIMIT)
    taken: list[bytes | None] = []
    for start in range(0, len(wire), step):
        framing.feed(wire[start : start + step])
        try:
            taken.append(framing.content())
        except ContentTooLargeError:
            taken.append(b"too large")
    assert taken[-1] == (content if excess <= 0 else b"too large")
    assert set(taken[:-1]) <= {None}
    assert framing.pending == 0


@pytest.mark.parametrize("excess", range(MOST_HELD - LIMIT - 6, MOST_HELD - LIMIT + 6))
def test_the_end_is_found_wherever_in_it_content_began_to_be_dropped(excess: int) -> None:
    framing = Framing(LIMIT)
    for octet in b"x" * (LIMIT + excess) + b"\r\n.\r":
        framing.feed(bytes([octet]))
        assert framing.content() is None
    framing.feed(b"\n")
    with pytest.raises(ContentTooLargeError):
        framing.content()
    assert framing.pending == 0


def test_a_part_of_the_content_has_its_length_whatever_is_in_it() -> None:
    framing = fed(b"a\r\n.\r\nbNO")
    assert framing.chunk(7) == b"a\r\n.\r\nb"
    assert framing.chunk(0) == b""
    assert framing.line() is None
    framing.feed(b"OP\r\n")
    assert framing.line() == b"NOOP"
    assert framing.chunk(1) is None


@pytest.mark.parametrize("step", [1, 400, 5000])
def test_a_part_beyond_the_limit_is_not_kept_and_what_follows_is_read(step: int) -> None:
    framing = Framing(LIMIT)
    octets = b"x" * (LIMIT + 1) + b"RSET\r\n"
    told = 0
    for begin in range(0, len(octets), step):
        framing.feed(octets[begin : begin + step])
        if not told:
            try:
                assert framing.chunk(LIMIT + 1) is None
            except ContentTooLargeError:
                told += 1
        assert told or framing.pending <= step
    assert told == 1
    assert framing.line() == b"RSET"
