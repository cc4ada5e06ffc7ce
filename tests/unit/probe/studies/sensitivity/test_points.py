"""Points that vary one thing at a time: each is a valid scenario, and degraded evidence lacks what it should lack."""

from __future__ import annotations

import random

import pytest
from book_rows import attempt, refused
from circumstances import UNKNOWN, evidence_of

from probe.classify.evidence import Evidence
from probe.input_error import InputError
from probe.scenario.load import check
from probe.studies.in_memory_run import MESSAGES
from probe.studies.sensitivity.points import ORDERED, chosen_points, points

DEGRADED = {point.value: point.degrade for point in points() if point.degrade is not None}
EVIDENCE = Evidence(
    "ann@acme.example",
    (refused(recipient="ann@acme.example", mx="mx.acme.example", mx_address="127.1.0.1", **UNKNOWN),),
    before=(evidence_of(attempt(recipient="ann@acme.example")),),
)


def test_every_point_is_a_valid_scenario_and_no_two_are_alike() -> None:
    found = list(points())
    for point in found:
        check(point.scenario, folder=MESSAGES, path=point.value)
    assert len({(point.sweep, point.value) for point in found}) == len(found)
    assert {point.sweep for point in found} > ORDERED


def degraded(value: str) -> Evidence:
    """Return the evidence as a point degrades it."""
    return DEGRADED[value](EVIDENCE, random.Random(1))


def test_degraded_evidence_lacks_what_the_point_removes() -> None:
    assert degraded("history").before == ()
    assert {row.at for row in degraded("times").attempts} == {0.0}
    assert {row.local_address for row in degraded("source addresses").attempts} == {""}
    assert {(row.mx, row.mx_address) for row in degraded("exchangers").attempts} == {("", "")}
    assert {row.enhanced for row in degraded("random text").attempts} == {None}
    assert {each.recipient for each in map(degraded, DEGRADED)} == {"ann@acme.example"}


def test_points_are_chosen_by_the_names_of_their_sweeps() -> None:
    assert {point.sweep for point in chosen_points(1, ["missing", "turnover"])} == {"missing", "turnover"}
    assert chosen_points(1, []) == list(points(1))


def test_an_unknown_sweep_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        chosen_points(1, ["weather"])
    assert str(caught.value).startswith(
        "--only weather: is not a factor that is varied; use one of share of lies, turnover, "
    )
