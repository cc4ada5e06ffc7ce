"""The laws by which books are whole: each broken one is told, and whole books break none."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from probe.judge.conservation import FinishedLane, broken_laws
from probe.records.rows import OwnedRows

WRITTEN = {"attempt": 3, "planned": 2, "truth": 4, "report": 2, "mailbox": 9, "final": 2}
LANE = FinishedLane("acme", ("acme", "backup"), 2, 2, WRITTEN)
ROWS = {
    "attempt": {"acme": OwnedRows(3, 3, 6), "globex": OwnedRows(1, 1, 1)},
    "planned": {"acme": OwnedRows(2, 0, 0)},
    "returned": {},
    "truth": {"acme": OwnedRows(3, 3, 6), "backup": OwnedRows(1, 1, 1)},
    "report": {"acme": OwnedRows(2, 1, 2)},
    "mailbox": {"acme": OwnedRows(4, 0, 0), "backup": OwnedRows(5, 0, 0)},
}


def broken(lane: FinishedLane = LANE, *, foreign: bool = False, **rows: Mapping[str, OwnedRows]) -> list[str]:
    """Return what is told of a lane if some tables have other rows."""
    return list(broken_laws([lane], ROWS | rows, foreign=foreign))


def test_whole_books_break_no_law() -> None:
    assert broken() == []


def test_a_lane_without_a_note_of_its_end_is_told() -> None:
    assert broken(LANE._replace(written=None)) == ["lane acme has not noted its end"]


@pytest.mark.parametrize(("tried", "told"), [(1, "1 of 2"), (0, "0 of 2"), (3, "3 of 2")])
def test_a_delivery_without_an_attempt_is_told(tried: int, told: str) -> None:
    assert broken(LANE._replace(tried=tried)) == [f"lane acme has attempts at {told} deliveries"]


def test_a_delivery_that_came_to_no_end_is_told_unless_an_interrupted_run_had_counted_some() -> None:
    assert broken(LANE._replace(written=WRITTEN | {"final": 1})) == ["lane acme has ended 1 of 2 deliveries"]
    assert broken(LANE._replace(written={key: WRITTEN[key] for key in WRITTEN if key != "final"})) == []


@pytest.mark.parametrize("table", ["planned", "report", "mailbox"])
def test_a_missing_row_is_told(table: str) -> None:
    told = broken(**{table: {"acme": OwnedRows(1, 1, 1)}})
    assert told == [f"lane acme has 1 rows of table {table}, and has written {WRITTEN[table]}"]


def test_rows_that_nobody_has_written_are_told() -> None:
    told = broken(returned={"acme": OwnedRows(1, 1, 1)})
    assert told == ["lane acme has 1 rows of table returned, and has written 0"]


@pytest.mark.parametrize(
    ("first", "second"),
    [(OwnedRows(3, 4, 8), OwnedRows(1, 1, 1)), (OwnedRows(3, 3, 7), OwnedRows(1, 1, 1))],
    ids=["a gap", "one twice and a gap"],
)
def test_numbers_with_gaps_are_told_but_not_where_gateways_began_anew(first: OwnedRows, second: OwnedRows) -> None:
    rows = {"acme": first, "backup": second}
    assert broken(truth=rows) == ["the rows of acme in table truth have gaps"]
    assert broken(truth=rows, foreign=True) == []


def test_attempts_have_no_gaps_even_at_real_servers() -> None:
    assert broken(attempt={"acme": OwnedRows(3, 5, 9)}, foreign=True) == ["the rows of acme in table attempt have gaps"]
