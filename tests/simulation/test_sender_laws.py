"""What the laws about the sender notice in made-up attempts: connections, waits, and trying for too long."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from book_rows import attempt, probe

from probe.records.attempt import Attempt
from probe.scenario.sending import Diagnose, Limit, Retry, Sender
from simulation.laws import sender_keeps_limits
from simulation.laws.schedule import next_times, series

RETRY = Retry.model_validate(
    {
        "first": "10s",
        "factor": 2,
        "longest": "30s",
        "give_up_after": "100s",
        "connection": {"first": "1s", "factor": 1, "longest": "1s", "give_up_after": "50s"},
    }
)


def run_of(*attempts: Attempt) -> Any:
    """Return a run with these attempts, all at one recipient."""
    rows = [row._replace(seq=seq) for seq, row in enumerate(attempts, 1)]
    return SimpleNamespace(books=SimpleNamespace(attempts=rows), attempts_by_key={("news", "ann"): rows})


def sender(*limits: dict[str, Any]) -> Sender:
    """Return a sender that may have two connections."""
    return Sender.model_validate(
        {
            "helo": "a.example",
            "return_path": "b.example",
            "ips": [{"address": "127.10.0.1"}],
            "rate": "1/1s",
            "connections_per_gateway": 2,
            "limit": [Limit.model_validate(limit) for limit in limits],
        }
    )


def busy(*times: tuple[float, float], **given: Any) -> list[Attempt]:
    """Return attempts, each with its beginning and its end."""
    return [
        attempt(at=begins, duration_s=ends - begins, message_id=f"{number}", **given)
        for number, (begins, ends) in enumerate(times)
    ]


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ([(0, 9), (1, 5), (5, 9)], 0),
        ([(0, 9), (1, 5), (4, 9)], 1),
    ],
)
def test_connections_that_are_busy_at_once_are_counted(times: list[tuple[float, float]], found: int) -> None:
    run = run_of(*busy(*times))
    assert len(list(sender_keeps_limits._too_many_connections(run, sender()))) == found


def test_a_limit_of_a_destination_allows_fewer_connections() -> None:
    rows = busy((0, 9), (1, 5))
    domain = rows[0].recipient.partition("@")[2]
    for to in ("*", domain, rows[0].mx):
        (told,) = sender_keeps_limits._too_many_connections(run_of(*rows), sender({"to": to, "connections": 1}))
        assert told.startswith("2 connections at once from ")
    elsewhere = sender({"to": "other.example", "connections": 1})
    assert list(sender_keeps_limits._too_many_connections(run_of(*rows), elsewhere)) == []


def test_what_goes_elsewhere_has_connections_of_its_own() -> None:
    one, other, third = busy((0, 9), (1, 5), (2, 5))
    for moved in (
        third._replace(mx_address="127.9.0.9"),
        third._replace(local_address="127.10.0.9"),
    ):
        assert list(sender_keeps_limits._too_many_connections(run_of(one, other, moved), sender())) == []


def deferred(at: float, number: int, outcome: str = "deferred", **given: Any) -> Attempt:
    """Return an attempt that takes a second."""
    return attempt(at=at, number=number, duration_s=1.0, outcome=outcome, **given)


@pytest.mark.parametrize(
    ("attempts", "told"),
    [
        ([deferred(0, 1), deferred(11, 2), deferred(32, 3), deferred(63, 4)], None),
        ([deferred(0, 1), deferred(11, 2), deferred(31, 3)], "did not wait long enough"),
        ([deferred(0, 1), deferred(69, 2), deferred(90, 3)], None),
        ([deferred(0, 1), deferred(80, 2), deferred(101, 3)], "tried again after the time at which it gives up"),
        ([deferred(0, 1, "failed"), deferred(2, 2, "failed"), deferred(4, 3, "failed")], None),
        ([deferred(0, 1, "failed"), deferred(49, 2, "failed"), deferred(51, 3)], "tried again"),
        ([deferred(0, 1), deferred(0.5, 1)], None),
        ([deferred(0, 1, "refused"), deferred(999, 2), deferred(1020, 3)], None),
    ],
)
def test_waits_and_the_time_to_give_up_are_looked_at(attempts: list[Attempt], told: str | None) -> None:
    found = list(sender_keeps_limits._wrong_times(run_of(*attempts), RETRY))
    assert bool(found) is (told is not None)
    assert told is None or told in found[0]


def test_a_retest_begins_a_series() -> None:
    rows = [deferred(0, 1), deferred(11, 2, "refused"), deferred(500, 3), deferred(600, 4, "refused")]
    assert [len(each) for each in series(rows)] == [2, 2]
    assert [len(each) for each in series([*rows, deferred(601, 4)])] == [2, 3], "another exchanger in the same round"


def test_the_next_attempt_waits_for_as_long_as_its_number_says() -> None:
    first = deferred(0, 1)
    assert list(next_times(first, first, RETRY)) == [(11, 100), (11, 100)]
    assert list(next_times(first, deferred(50, 9), RETRY)) == [(81, 100), (81, 100)]
    assert list(next_times(first, deferred(50, 9, "failed"), RETRY)) == [(52, 50)]


DIAGNOSE = Diagnose.model_validate({"after": "10m", "rate": "6/1h", "experiments": 3})


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ((), None),
        ((702, 1302, 2000), None),
        ((701, 1302), "nobody has been refused for long enough"),
        ((702, 1301), "experiments follow each other faster than"),
        ((702, 1302, 2000, 2600), "4 experiments in "),
    ],
)
def test_experiments_begin_late_and_are_slow_and_few(times: tuple[float, ...], told: str | None) -> None:
    run = run_of(deferred(0, 1), deferred(101, 2, "refused"), deferred(500, 3, "refused"))
    lane = run.books.attempts[0].lane
    run.books.probes = [probe(lane=lane, seq=seq, at=at) for seq, at in enumerate(times, 1)]
    found = list(sender_keeps_limits._wrong_experiments(run, DIAGNOSE))
    assert bool(found) is (told is not None)
    assert told is None or told in found[0]
