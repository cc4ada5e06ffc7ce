"""Logs are untrusted: whatever stands in them, a reader yields events and bad lines, soon, and in bounded memory."""

from __future__ import annotations

import math
import time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import SAMPLES, WEBHOOKS
from strategies import examples

from fake_gateways.smtp.envelope import Stage
from probe.intake.event import BadLine, Event, LogLine
from probe.intake.formats import exim, postfix
from probe.intake.reading.lines import MAX_LINE
from probe.intake.reading.queue_memory import QueueMemory
from probe.intake.reading.quoted import MAX_NAME, MAX_TEXT

LONG: Final = MAX_LINE - 500
SOON_S: Final = 2.0
"""For one line of the greatest length; a machine under load takes some hundredths of a second."""

READERS: Final = {sample.source: sample for sample in SAMPLES if sample.source not in (*WEBHOOKS, "csv", "jsonl")}
every_reader = pytest.mark.parametrize("reader", READERS)

_text = st.text(max_size=80)
_parts = st.sampled_from(
    'to=< >, status=sent ( ) : " \\ \\n [ ] { } , ; host said: in reply to 550 550- 5.1.1 ** => == <= from=< removed '
    "message-id= H= C= DN= null \ud800 \0 \x1b \u0663 type d smtp; SMTP error from remote after".split(" ")
)


def sample(reader: str) -> list[str]:
    """Return the lines of a format's sample."""
    return [line.text for line in READERS[reader].lines]


@st.composite
def mutated(draw: st.DrawFn, lines: list[str]) -> str:
    """Return a line of a sample, cut, with something else put in its middle."""
    line = draw(st.sampled_from(lines))
    start = draw(st.integers(0, len(line)))
    end = draw(st.integers(start, len(line)))
    return line[:start] + draw(_text | st.lists(_parts, max_size=4).map("".join)) + line[end:]


def check(reader: str, texts: list[str]) -> list[Event | BadLine]:
    """Read lines, see that what comes of them keeps the law, and return it."""
    found = list(READERS[reader].read([LogLine(number, text) for number, text in enumerate(texts, 1)]))
    for each in found:
        assert isinstance(each, Event | BadLine)
        if isinstance(each, BadLine):
            assert 1 <= each.number <= len(texts)
            assert each.reason
            continue
        assert each.recipient.strip()
        assert each.at is None or math.isfinite(each.at)
        assert each.code is None or 200 <= each.code <= 599
        assert each.stage is None or each.stage in list(Stage)
        assert not each.message_id or (each.message_id[0], each.message_id[-1]) == ("<", ">")
        assert len(each.text) <= MAX_TEXT
        for text in (each.recipient, each.message_id, each.return_path, each.mx, each.local_address):
            assert len(text) <= MAX_NAME + 2
        for value in each:
            if isinstance(value, str):
                value.encode("utf-8")
    return found


@every_reader
@examples(300)
@given(data=st.data())
def test_a_sample_in_which_anything_was_changed_is_survived(reader: str, data: st.DataObject) -> None:
    lines = sample(reader)
    texts = data.draw(st.lists(mutated(lines) | _text, max_size=6))
    check(reader, [lines[0], *texts])


@every_reader
@examples(100)
@given(st.lists(_text, max_size=6))
def test_any_text_is_survived(reader: str, texts: list[str]) -> None:
    check(reader, texts)


@every_reader
def test_the_other_formats_are_survived(reader: str) -> None:
    for other in READERS:
        check(reader, sample(other))


@every_reader
@pytest.mark.parametrize(
    "filler", ['"', '\\"', "\\", "[", " [", "<", ": ", ' D="', " after DATA", ": host x", "550-", "(", '{"a":']
)
def test_no_line_takes_long(reader: str, filler: str) -> None:
    for line in sample(reader):
        for place in range(0, len(line), 40):
            text = line[:place] + filler * ((LONG - len(line)) // len(filler)) + line[place:]
            start = time.monotonic()
            check(reader, [sample(reader)[0], text])
            assert time.monotonic() - start < SOON_S


@pytest.mark.parametrize("reader", [each for each in READERS if each != "kumomta"])  # its documents have another limit
def test_a_line_of_more_than_the_greatest_length_is_a_bad_line(reader: str) -> None:
    line = next(line for line in sample(reader) if check(reader, [sample(reader)[0], line]))
    assert check(reader, ["x" * (MAX_LINE + 1), line + "x" * MAX_LINE]) == [
        BadLine(1, "more than 65536 characters"),
        BadLine(2, "more than 65536 characters"),
    ]


@examples(100)
@given(
    st.integers(1, 5),
    st.lists(
        st.tuples(st.sampled_from("from message-id deferred sent removed expired".split()), *[st.integers(0, 9)] * 2)
    ),
)
def test_postfixs_queue_is_remembered_within_bounds(most: int, notes: list[tuple[str, int, int]]) -> None:
    memory = QueueMemory(most)
    written = {
        "from": "from=<news{}@b.example>, size=1, nrcpt=1 (queue active)",
        "message-id": "message-id=<{}@b.example>",
        "removed": "removed",
        "expired": "from=<news{}@b.example>, status=expired, returned to sender",
    }
    for what, queue_id, number in notes:
        delivery = f"to=<{{}}@acme.example>, relay=none, delay=1, dsn=4.0.0, status={what} (why)"
        note = written.get(what, delivery).format(number)
        line = LogLine(1, f"2026-03-02T08:00:00Z out postfix/x[1]: AAAAA{queue_id}: {note}")
        assert all(isinstance(each, Event) for each in postfix.read([line], memory=memory))
        assert len(memory) <= most
        assert 0 <= memory.deferrals <= most
    for queue_id in range(10):
        memory.remove(f"AAAAA{queue_id}")
    assert (len(memory), memory.deferrals) == (0, 0)


def test_exims_queue_is_remembered_within_bounds() -> None:
    memory = QueueMemory(50)
    lines = (LogLine(n, f"2026-03-02 08:00:00 1vx0Aa-{n:06}-2b <= news@b.example U=x") for n in range(1_000))
    assert not list(exim.read(lines, memory=memory))
    assert len(memory) == 50
