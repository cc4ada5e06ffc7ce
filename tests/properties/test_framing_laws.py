"""Where lines and content end does not depend on how the network split the octets (RFC 5321 4.1.1.4, 4.5.2)."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import contents, examples, pieces

from fake_gateways.smtp.command import MAX_LINE_OCTETS
from fake_gateways.smtp.framing import BareLineFeedError, ContentTooLargeError, Framing, LineTooLongError
from probe.sender.transport.dot_stuffing import stuff

LIMIT = 2000
Event = tuple[str, bytes]


def events(split: Iterable[bytes], limit: int = LIMIT) -> list[Event]:
    """Take out lines, and after each DATA a content, as far as they have come."""
    framing = Framing(limit)
    found: list[Event] = []
    in_content = False
    for piece in split:
        framing.feed(piece)
        while True:
            try:
                taken = framing.content() if in_content else framing.line()
            except (BareLineFeedError, LineTooLongError, ContentTooLargeError) as error:
                found.append((type(error).__name__, b""))
                in_content = in_content and not isinstance(error, ContentTooLargeError)
                continue
            if taken is None:
                break
            found.append(("content" if in_content else "line", taken))
            in_content = not in_content and taken == b"DATA"
    return found


near_the_limit = st.integers(MAX_LINE_OCTETS - 4, MAX_LINE_OCTETS + 2).map(lambda length: b"x" * length)
lines = st.sampled_from([b"NOOP\r\n", b"NOOP\n", b"NO\rOP\r\n", b"\r\n", b"\n", b"N"]) | near_the_limit.map(
    lambda line: line + b"\r\n"
)
messages = contents.map(lambda content: b"DATA\r\n" + stuff(content))
too_large = st.integers(LIMIT - 4, LIMIT + 1000).map(lambda length: b"DATA\r\n" + b"x" * length + b"\r\n.\r\n")
dialogues = st.lists(lines | messages | too_large, max_size=6).map(b"".join)


@examples(100)
@given(dialogues, st.data())
def test_the_same_lines_and_contents_are_cut_however_split(octets: bytes, data: st.DataObject) -> None:
    assert events(data.draw(pieces(octets))) == events([octets])


@examples(25)
@given(dialogues)
def test_the_same_lines_and_contents_are_cut_octet_by_octet(octets: bytes) -> None:
    assert events(bytes([octet]) for octet in octets) == events([octets])


@examples(100)
@given(st.lists(contents, max_size=4), st.data())
def test_content_that_was_stuffed_comes_out_as_it_went_in(sent: list[bytes], data: st.DataObject) -> None:
    """Content that does not end a line has its last line ended on the way (RFC 5321 4.1.1.4)."""
    octets = b"".join(b"DATA\r\n" + stuff(content) for content in sent) + b"QUIT\r\n"
    arrived = [content if content.endswith(b"\r\n") else content + b"\r\n" for content in sent]
    wanted = [each for content in arrived for each in (("line", b"DATA"), ("content", content))]
    assert events(data.draw(pieces(octets))) == [*wanted, ("line", b"QUIT")]


tokens = st.sampled_from([b"\r\n", b"\n", b"\r", b".", b"..", b"\0", b"x", b"\r.", b"\n.", b".\r", b".\n", b"\r\n."])


@examples(200)
@given(st.lists(tokens, max_size=30).map(b"".join), st.data())
def test_nothing_but_a_dot_between_two_crlf_ends_the_content(octets: bytes, data: st.DataObject) -> None:
    """What ends the message for one server and not for the next is how mail is smuggled."""
    assume(b"\r\n.\r\n" not in b"\r\n" + octets)
    framing = Framing(LIMIT)
    for piece in data.draw(pieces(octets)):
        framing.feed(piece)
        assert framing.content() is None
    framing.feed(b"x\r\n.\r\n")
    content = framing.content()
    assert content is not None
    assert content.endswith(b"x\r\n")
    assert framing.pending == 0


@examples(40)
@given(st.lists(st.binary(min_size=1, max_size=400), max_size=30), st.data())
def test_no_more_is_held_than_the_limit_and_what_just_came(chunks: list[bytes], data: st.DataObject) -> None:
    limit = data.draw(st.integers(0, 500))
    framing = Framing(limit)
    for chunk in chunks:
        framing.feed(chunk.replace(b".", b"-"))
        assert framing.content() is None
        assert framing.pending <= limit * 4 // 3 + 10  # stuffing adds a third at most
    framing.feed(b"\r\n.\r\nNOOP\r\n")
    size = sum(map(len, chunks)) + 2
    try:
        kept = framing.content()
    except ContentTooLargeError:
        assert size > limit
    else:
        assert kept is not None
        assert size <= limit
    assert framing.line() == b"NOOP"
