"""Reported against true, as a flow: who is in it, and that the picture is to scale."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_content import Person, counts, gone, kept, lied

from fake_gateways.truth import Cause
from probe.judge.outcome import RecipientOutcome
from probe.judge.refusal_path import RefusalPath
from probe.report.html.flow import BODY, MOST, OTHERS, PITCH, Flow, flow


def drawn(*people: Person) -> Flow:
    """Draw people."""
    return flow(counts(people).paths)


def test_a_path_leads_from_the_cause_over_the_code_to_the_verdict() -> None:
    assert drawn(lied("ann"), gone("bob"), kept("cy"), Person("dee")).paths == Counter(
        {
            RefusalPath("velocity", "550 5.1.1", "hard bounce", RecipientOutcome.LIED): 1,
            RefusalPath("user-unknown", "550 5.1.1", "hard bounce", RecipientOutcome.GONE): 1,
            RefusalPath("velocity", "451 4.7.1", "given up", RecipientOutcome.KEPT): 1,
        }
    )


def test_those_whose_mail_arrived_are_no_part_of_it() -> None:
    empty = drawn(Person("dee"))
    assert (empty.paths, empty.nodes, empty.ribbons, empty.height) == (Counter(), [], [], 0)


def test_what_is_left_of_many_codes_is_put_together_and_nobody_is_lost() -> None:
    people = [
        Person(f"p{code}{n}", cause=Cause.POLICY, claimed=Cause.POLICY, code=code, enhanced=None)
        for code in range(500, 520)
        for n in range(code - 499)
    ]
    paths = drawn(*people).paths
    codes = {path.code for path in paths}
    assert len(codes) == MOST + 1
    assert OTHERS in codes
    assert paths.total() == len(people)


CASTS = st.lists(
    st.tuples(st.sampled_from([gone, lied, kept]), st.sampled_from(["acme", "beta"])), min_size=1, max_size=60
)


@given(CASTS)
def test_every_bar_is_as_high_as_its_share_and_apart_enough_for_its_label(cast: list[tuple[object, str]]) -> None:
    people = [make(f"p{number}", gateway=where) for number, (make, where) in enumerate(cast)]  # type: ignore[operator]
    picture = drawn(*people)
    columns = defaultdict(list)
    for node in picture.nodes:
        columns[node["x"]].append(node)
    assert len(columns) == 3
    for nodes in columns.values():
        size = sum(int(node["label"].rpartition(" ")[2].replace(",", "")) for node in nodes)
        assert size == len(people)
        assert sum(node["y2"] - node["y"] for node in nodes) == pytest.approx(BODY, abs=0.02 * len(nodes))
        middles = sorted(node["middle"] for node in nodes)
        assert all(below - above >= PITCH - 0.1 for above, below in pairwise(middles))
        assert all(0 <= node["y"] <= node["y2"] <= picture.height + 1 for node in nodes)


@given(CASTS)
def test_ribbons_fill_the_bars_that_they_join(cast: list[tuple[object, str]]) -> None:
    people = [make(f"p{number}", gateway=where) for number, (make, where) in enumerate(cast)]  # type: ignore[operator]
    picture = drawn(*people)
    ends = defaultdict(list)
    for point in picture.ribbons:
        ends[point["x"]].append(point)
    for node in picture.nodes:
        for side in {node["x"], node["x2"]} & set(ends):
            inside = [p for p in ends[side] if node["y"] - 0.1 <= p["y"] and p["y2"] <= node["y2"] + 0.1]
            assert sum(p["y2"] - p["y"] for p in inside) == pytest.approx(node["y2"] - node["y"], abs=0.1)
