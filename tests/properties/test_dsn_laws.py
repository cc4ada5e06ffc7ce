"""Whatever strangers say and send, a report about it stays one well-formed message to its return-path."""

from __future__ import annotations

import email
import email.policy
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.reports.dsn import Habit, Layout, Report, Undelivered
from fake_gateways.reports.layouts import compose
from fake_gateways.smtp.reply import Reply

_HOSTILE: Final = (
    "\r\nBcc: everybody@else.example",
    "\r\n\r\n--acme.1/mx.acme.example--\r\n",
    "\r\n.\r\nMAIL FROM:<>",
    "\x1b[2J",
    "\0",
    "\u2028",
    "x" * 5000,
)
words = st.text(max_size=60) | st.sampled_from(_HOSTILE)
replies = st.builds(Reply, st.integers(400, 599), st.lists(words, min_size=1, max_size=3).map(tuple))
undelivered = st.builds(
    Undelivered,
    recipient=words,
    reply=replies,
    remote_host=st.none() | words,
    original_recipient=st.none() | words,
)
originals = st.binary(max_size=400) | st.sampled_from([each.encode() for each in _HOSTILE])
reports = st.builds(
    Report,
    host=st.just("mx.acme.example"),
    at=st.floats(0, 4e9),
    arrived_at=st.floats(0, 4e9),
    return_path=st.just("news@sender.example"),
    undelivered=st.lists(undelivered, min_size=1, max_size=3).map(tuple),
    original=originals,
    number=st.just("acme.1"),
    headers_only=st.booleans(),
    envelope_id=st.none() | words,
)


@given(reports, st.sampled_from(Layout), st.frozensets(st.sampled_from(Habit)))
def test_the_structure_holds_whatever_strangers_say(report: Report, layout: Layout, habits: frozenset[Habit]) -> None:
    octets = compose(report, layout, habits)
    assert b"\0" not in octets
    assert octets.replace(b"\r\n", b"").translate(None, b"\r\n") == octets.replace(b"\r\n", b"")
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    header = octets.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in header.split(b"\r\n")]
    assert b"Bcc" not in names
    assert names.count(b"To") == names.count(b"From") == names.count(b"Subject") == 1
    message = email.message_from_bytes(octets, policy=email.policy.compat32)
    if message.is_multipart():
        kinds = [part.get_content_type() for part in message.get_payload()]  # type: ignore[union-attr]
        assert len(kinds) == 3 - (Habit.NO_ORIGINAL in habits)
        assert kinds[0] == "text/plain"
