"""Replies come out of the wire as they went in, however the octets were split; nonsense is told from replies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from strategies import examples, pieces, replies

from fake_gateways.smtp.reply import GarbageError, Reply, ReplyReader

several = st.lists(replies(), min_size=1, max_size=4)


@examples(60)
@given(several, st.data())
def test_replies_are_read_as_they_were_written_however_split(said: list[Reply], data: st.DataObject) -> None:
    reader = ReplyReader()
    octets = b"".join(reply.octets for reply in said)
    assert [reply for piece in data.draw(pieces(octets)) for reply in reader.feed(piece)] == said


@examples(40)
@given(several)
def test_replies_are_read_as_they_were_written_octet_by_octet(said: list[Reply]) -> None:
    reader = ReplyReader()
    octets = b"".join(reply.octets for reply in said)
    heard = [reply for octet in octets for reply in reader.feed(bytes([octet]))]
    assert heard == said


@examples(40)
@given(replies())
def test_a_reply_is_complete_with_its_last_octet_and_not_before(said: Reply) -> None:
    reader = ReplyReader()
    assert reader.feed(said.octets[:-1]) == []
    assert reader.feed(said.octets[-1:]) == [said]


lines = st.sampled_from(
    [
        b"250 ok",
        b"250-ok",
        b"250",
        b"550 5.1.1 no",
        b"550-5.1.1 no",
        b"5.1.1",
        b"",
        b"25",
        b"250x",
        b"\xff",
        b"250 \0",
        b"7",
    ]
)
nonsense = st.binary(max_size=60) | st.lists(
    st.tuples(lines, st.sampled_from([b"\r\n", b"\n", b"\r"])).map(b"".join), max_size=6
).map(b"".join)


@examples(200)
@given(nonsense, st.data())
def test_arbitrary_octets_are_replies_or_garbage_and_nothing_else(octets: bytes, data: st.DataObject) -> None:
    reader = ReplyReader()
    heard: list[Reply] = []
    try:
        for piece in data.draw(pieces(octets)):
            heard += reader.feed(piece)
    except GarbageError as garbage:
        assert "due" in str(garbage) or "goes on with" in str(garbage)  # noqa: PT017 - no error is as good
    assert all(200 <= reply.code <= 599 and reply.lines for reply in heard)


@examples(60)
@given(several, st.sampled_from([b"garbage\r\n", b"\r\n", b"250ok\r\n"]))
def test_garbage_after_replies_is_found_where_it_stands(said: list[Reply], garbage: bytes) -> None:
    reader = ReplyReader()
    octets = b"".join(reply.octets for reply in said)
    assert reader.feed(octets) == said
    try:
        heard = reader.feed(garbage)
    except GarbageError:
        return
    raise AssertionError(heard)
