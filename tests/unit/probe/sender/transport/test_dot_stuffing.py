"""Dot-stuffing (RFC 5321 section 4.5.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.smtp.framing import Framing
from probe.sender.transport.dot_stuffing import stuff


@pytest.mark.parametrize(
    ("content", "wire"),
    [
        (b"one\r\ntwo\r\n", b"one\r\ntwo\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b".one\r\n..two\r\n.\r\n", b"..one\r\n...two\r\n..\r\n.\r\n"),
        (b"a.b\r\nc.\r\n", b"a.b\r\nc.\r\n.\r\n"),
        (b"one", b"one\r\n.\r\n"),
        (b"", b"\r\n.\r\n"),
    ],
)
def test_dots_at_line_starts_are_doubled_and_a_lone_one_ends_it(content: bytes, wire: bytes) -> None:
    assert stuff(content) == wire


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"\r\n", b"\r\n.", b"x.y"]), max_size=12).map(b"".join))
def test_what_was_stuffed_is_what_a_gateway_takes_out(content: bytes) -> None:
    # RFC 5321 4.5.2: transparent, but for the line end that a last line without one is given.
    framing = Framing(10_000)
    framing.feed(stuff(content))
    assert framing.content() == (content if content.endswith(b"\r\n") else content + b"\r\n")
    assert framing.pending == 0
