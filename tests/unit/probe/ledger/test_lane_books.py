"""The books of one lane: streams of its rows and of nobody else's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from book_rows import attempt, truth

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from probe.input_error import InputError
from probe.ledger import FILE, Ledger
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Classification, KnownGateway, KnownLane, Mailbox, Planned

LANES = {"acme": ("acme", "acme-backup"), "gone.example": (), "globex": ("globex",)}


def returned(lane: str, seq: int) -> Returned:
    """Return a complaint."""
    return Returned(
        lane, seq, 1.5, "", "news", "ann@acme.example", "complaint", None, None, None, "abuse", "", "report", ""
    )


ROWS = [
    *(KnownLane(name, 3) for name in LANES),
    *(KnownGateway(each, "cisco-esa", f"mx.{each}", "", 2, name) for name in LANES for each in LANES[name]),
    *(attempt(lane=name, seq=seq, tls=seq == 2) for seq in (3, 1, 2) for name in LANES),
    *(returned(name, seq) for seq in (3, 1, 2) for name in LANES),
    *(truth(gateway=each, seq=seq, honest=seq == 2) for seq in (3, 1, 2) for each in itertools.chain(*LANES.values())),
    *(Engagement(each, seq, 1.5, "open", "", "", "") for seq in (2, 1) for each in itertools.chain(*LANES.values())),
    *(
        DeliveryReport(each, "", seq, 1.5, "", "", "rfc3464", "")
        for seq in (2, 1)
        for each in itertools.chain(*LANES.values())
    ),
    *(Mailbox(f"{who}@{each}.example", each, "present", None) for who in "ab" for each in ("acme", "globex")),
    *(Planned("news", f"{who}@{name}", 1.5, "127.10.0.1", name) for who in "ab" for name in LANES),
    *(
        Classification(classifier, "news", f"{who}@{name}", None, "keep", None, "", name)
        for who in "ab"
        for classifier in ("code", "text")
        for name in LANES
    ),
]


@pytest.fixture(params=[False, True], ids=["killed", "sealed"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Return books of three lanes, one of them without a gateway, whose rows were written in turns."""
    with Ledger.create(tmp_path) as books:
        books.add(ROWS)
        if request.param:
            books.seal()
    with Ledger.open(tmp_path) as books:
        yield books


def test_the_books_know_their_lanes_in_the_order_of_the_plan_with_their_gateways(ledger: Ledger) -> None:
    assert [(lane.name, lane.gateways) for lane in ledger.lanes()] == list(LANES.items())
    assert ledger.classifiers() == ["code", "text"]
    assert sum(each.planned for each in ledger.known_lanes()) == 9


@pytest.mark.parametrize("name", LANES)
def test_a_lane_has_its_own_rows_in_order(name: str, ledger: Ledger) -> None:
    gateways = LANES[name]
    lane = ledger.lane(name, gateways)
    assert [(row.lane, row.seq, row.tls) for row in lane.attempts()] == [("", seq, seq == 2) for seq in (1, 2, 3)]
    assert [(row.lane, row.seq) for row in lane.returned()] == [(name, seq) for seq in (1, 2, 3)]
    for each in gateways:
        assert [(row.gateway, row.seq) for row in lane.truths_of(each)] == [(each, seq) for seq in (1, 2, 3)]
        assert [(row.gateway, row.seq) for row in lane.reports_of(each)] == [(each, seq) for seq in (1, 2)]
        assert [(row.gateway, row.seq) for row in lane.engagements_of(each)] == [(each, seq) for seq in (1, 2)]
    assert {row.gateway for row in lane.mailboxes()} == {*gateways} - {"acme-backup"}
    assert [(row.classifier, row.recipient) for row in lane.readings("text")] == [
        ("text", f"a@{name}"),
        ("text", f"b@{name}"),
    ]


def test_rows_are_those_that_were_written_with_their_types(ledger: Ledger) -> None:
    lane = ledger.lane("acme", ["acme"])
    decisions = list(lane.truths_of("acme"))
    assert decisions == [truth(gateway="acme", seq=seq, honest=seq == 2) for seq in (1, 2, 3)]
    assert [type(row.honest) for row in decisions] == [bool] * 3


def test_streams_are_read_in_turns(ledger: Ledger) -> None:
    lane = ledger.lane("globex", ["globex"])
    pairs = zip(lane.attempts(), lane.truths_of("globex"), strict=True)
    assert [(first.seq, second.seq) for first, second in pairs] == [(1, 1), (2, 2), (3, 3)]


def test_a_mailbox_is_found_by_its_address(ledger: Ledger) -> None:
    lane = ledger.lane("acme", ["acme"])
    assert lane.mailbox("a@acme.example") == Mailbox("a@acme.example", "acme", "present", None)
    assert lane.mailbox("nobody@acme.example") is None


def test_repeated_are_recipients_with_more_than_one_attempt_in_all_campaigns(tmp_path: Path) -> None:
    made = [("news", "ann"), ("news", "bob"), ("news", "Ann"), ("offer", "ann"), ("news", "ann"), ("offer", "eve")]
    with Ledger.create(tmp_path) as books:
        books.add(
            attempt(lane=lane, seq=seq, campaign=campaign, recipient=recipient)
            for lane in ("acme", "globex")
            for seq, (campaign, recipient) in enumerate([*made, *[("offer", "bob")] * (lane == "acme")])
        )
        assert list(books.lane("acme", []).repeated()) == [("ann", 4), ("bob", 2)]
        assert list(books.lane("globex", []).repeated()) == [("ann", 4)]


def test_a_damaged_lane_is_told(ledger: Ledger) -> None:
    lane = ledger.lane("acme", ["acme"])
    octets = bytearray(ledger.path.read_bytes())
    octets[4096:] = b"\0" * (len(octets) - 4096)
    ledger.path.write_bytes(octets)
    with pytest.raises(InputError, match=rf"{FILE}: cannot be read \(.*\); run the scenario again"):
        list(lane.attempts())


def test_shared_books_are_read_and_written_at_the_same_time_and_sealed_again(tmp_path: Path) -> None:
    with Ledger.create(tmp_path) as books:
        books.add(ROWS)
        books.seal()
    new = [Classification("new", "news", f"{who}@acme", None, "keep", None, "", "acme") for who in "abc"]
    with Ledger.open(tmp_path) as books:
        with books.shared(), Ledger.open(tmp_path) as one, Ledger.open(tmp_path) as other:
            stream = one.lane("acme", ["acme"]).attempts()
            assert next(stream).seq == 1
            other.add(new[:2])
            one.add(new[2:])
            assert [row.seq for row in stream] == [2, 3]
            assert list(one.lane("acme", []).readings("new")) == new
        assert books.path.read_bytes()[18:20] == b"\1\1"  # no write-ahead log (SQLite file format 1.3)
        assert not list(tmp_path.glob("*-wal"))


def test_books_that_another_process_reads_are_sealed_by_the_next_judge(tmp_path: Path) -> None:
    with Ledger.create(tmp_path) as books:
        books.add(ROWS)
        with Ledger.open(tmp_path) as other:
            stream = other.attempts()
            next(stream)
            books.seal()
            with books.shared():
                pass
            assert books.complete
            assert len([*stream]) == len([row for row in ROWS if isinstance(row, Attempt)]) - 1
        with books.shared():
            pass
        assert books.path.read_bytes()[18:20] == b"\1\1"


def test_books_are_judged_by_one_at_a_time(tmp_path: Path) -> None:
    with Ledger.create(tmp_path) as books:
        books.add(ROWS)
    order = []

    def judge() -> None:
        with Ledger.open(tmp_path) as other, other.shared():
            order.append("second")

    with Ledger.open(tmp_path) as books, books.shared():
        second = Thread(target=judge)
        second.start()
        second.join(0.2)
        order.append("first")
    second.join()
    assert order == ["first", "second"]


def test_an_error_while_books_are_shared_leaves_them_sealed(tmp_path: Path) -> None:
    def fail(books: Ledger) -> None:
        with books.shared():
            books.forget("code")
            raise KeyboardInterrupt

    with Ledger.create(tmp_path) as books:
        books.add(ROWS)
        books.seal()
        with pytest.raises(KeyboardInterrupt):
            fail(books)
        assert books.path.read_bytes()[18:20] == b"\1\1"
        assert list(books.lane("acme", []).readings("code")) == []
        assert len(list(books.lane("acme", []).readings("text"))) == 2


def test_books_of_a_killed_run_stay_as_they_are_when_they_were_shared(tmp_path: Path) -> None:
    with Ledger.create(tmp_path) as books:
        books.add(ROWS)
        with books.shared():
            pass
        books.delete_unfinished(["acme"], ["acme"])
        assert books.path.read_bytes()[18:20] == b"\2\2"
        assert not books.complete


def test_unfinished_lanes_are_deleted_with_their_gateways_and_no_other(tmp_path: Path) -> None:
    with Ledger.create(tmp_path) as books:
        books.add(ROWS)
        books.delete_unfinished(["acme", "gone.example"], ["acme", "acme-backup"])
        for lane in (books.lane(name, ()) for name in LANES):
            assert [bool(list(stream())) for stream in (lane.attempts, lane.returned)] == [lane.name == "globex"] * 2
        assert {row.lane for row in books.planned()} == {"globex"}
        for rows in (books.truths(), books.reports(), books.engagements(), books.mailboxes()):
            assert {row.gateway for row in rows} == {"globex"}
