"""How evidence in any order becomes observations."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from book_rows import STARTS, attempt, refused
from circumstances import address, evidence_of, sent

from probe.classify.context import arrivals
from probe.classify.context.arrivals import gather
from probe.classify.context.observations import EVERY_SOURCE, Observations


def shown(observations: Observations) -> list[tuple[float, bool]]:
    """Return the time of every reply of the only exchanger, and whether it refused."""
    (exchanger,) = observations.exchangers.values()
    series = exchanger.series(EVERY_SOURCE, 0)
    return [(series.at(index), bool(series.count(index, index + 1)[0])) for index in range(len(series))]


@pytest.mark.parametrize("at_once", [3, 1000])
def test_replies_are_in_order_of_time_and_number_in_whatever_order_and_pieces_they_are_gathered(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(arrivals, "_SORTED_AT_ONCE", at_once)
    rows = sent("..x.x..x.", every_s=0.0, stage="connect") + sent("x.", start=9, stage="connect")
    expected = [(row.at, row.outcome == "refused") for row in rows]
    random.Random(1).shuffle(rows)
    assert shown(gather(map(evidence_of, rows))) == expected


def test_the_vendor_of_an_exchanger_is_that_of_the_first_attempt() -> None:
    early, late = (
        attempt(at=STARTS, mx="mx1.one.iphmx.com"),
        attempt(at=STARTS + 1, mx="mx.mimecast.com", recipient="b@b.example"),
    )
    for rows in ((early, late), (late, early)):
        (exchanger,) = gather(map(evidence_of, rows)).exchangers.values()
        assert exchanger.vendor == gather([evidence_of(early)]).exchangers["127.1.0.1"].vendor != ""


def test_temporary_refusals_count_only_if_they_blame_the_sender() -> None:
    rows = [refused(code=451, text=text) for text in ("try later", "too many messages")]
    (exchanger,) = gather(map(evidence_of, rows)).exchangers.values()
    assert len(exchanger.sender_faults.times) == 1
    assert exchanger.sources == []


def test_no_evidence_is_kept() -> None:
    tracemalloc.start()
    rows = (attempt(recipient=address(number), text="x" * 10_000, seq=number) for number in range(2000))
    observed = gather(map(evidence_of, rows))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(shown(observed)) == 2000
    assert most < 2000 * 1000
