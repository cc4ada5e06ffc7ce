"""The columns of a lane give back the transactions that went in, by time."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from probe.sender.lane_schedule import LaneSchedule
from probe.sender.recipients import ListEntry
from probe.sender.schedule import Due

SOURCES = ["127.10.0.1", "127.10.0.2"]
CAMPAIGNS = ["news", "offers"]
ROWS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.floats(0, 1e10),
        st.integers(0, 1),
        st.lists(st.integers(0, 9), min_size=1),
        st.integers(0, 3),
    )
)


def entry(number: int) -> ListEntry:
    """Return a recipient by number."""
    return ListEntry.of(f"person{number}@acme.example", ("number",), (str(number),))


@given(ROWS)
def test_transactions_come_back_whole_and_by_time(
    rows: list[tuple[int, float, int, list[int], int]],
) -> None:
    schedule = LaneSchedule()
    for campaign, at, source, numbers, variant in rows:
        schedule.add(campaign, Due(at, SOURCES[source], tuple(range(len(numbers))), variant), source, numbers)
    copied = pickle.loads(pickle.dumps(schedule))
    found = list(copied.transactions(CAMPAIGNS, SOURCES, entry, shares=True))
    expected = sorted(rows, key=lambda row: row[1])
    assert [
        (
            CAMPAIGNS.index(each[0].campaign),
            each[0].at,
            SOURCES.index(each[0].source),
            [int(delivery.fields["number"]) for delivery in each],
            each[0].variant,
        )
        for each in found
    ] == expected
    assert len(schedule) == sum(len(each) for each in found)


def test_the_rows_of_another_schedule_are_added() -> None:
    one, other = LaneSchedule(), LaneSchedule()
    one.add(0, Due(2.0, SOURCES[0], (0,), 0), 0, [5])
    other.add(1, Due(1.0, SOURCES[1], (0, 1), 0), 1, [6, 7])
    one.extend(other)
    found = list(one.transactions(CAMPAIGNS, SOURCES, entry, shares=False))
    assert [[each.recipient for each in transaction] for transaction in found] == [
        ["person6@acme.example", "person7@acme.example"],
        ["person5@acme.example"],
    ]
