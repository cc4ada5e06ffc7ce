"""Whom to ask about next: those that were refused alike are a group, and one answer tells something of all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from book_rows import refused
from diagnosing import KNOWN, TAKEN, UNKNOWN, diagnosed

from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.conditions import Conditions, Depth
from probe.diagnose.doubtful import (
    Doubt,
    Group,
    again_after,
    grouped,
    has_passed,
    is_settled,
    likeness_of,
    most_worth,
    rows_of,
)
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.patterns import FIRST


def doubt(name: str, alive: float = 0.5, **columns: object) -> Doubt:
    """Return a doubtful recipient."""
    row = {"enhanced": "5.1.1", "text": f"User {name} unknown", **columns}
    return Doubt(refused(recipient=f"{name}@acme.example", **row), alive)


def group_of(*doubts: Doubt) -> Group:
    """Return the one group of some recipients."""
    (group,) = grouped(doubts)
    return group


def answered(group: Group, cause: Cause, *names: str, alive: bool, experiments: int = 1) -> Group:
    """Add diagnoses to a group."""
    for name in names:
        address = f"{name}@acme.example"
        group.asked[address] = diagnosed(cause, alive=alive, recipient=address, experiments=experiments)
    return group


def test_a_group_shares_gateway_source_stage_and_words() -> None:
    groups = grouped(
        [
            doubt("anna"),
            doubt("bernd"),
            doubt("carla", mx="mx2.acme.example", mx_address="127.1.0.2"),
            doubt("doris", mx_address="127.1.1.1"),
            doubt("emil", local_address="127.10.0.2"),
            doubt("frida", text="Access denied"),
            doubt("gustav", stage="mail"),
            doubt("hanna", mx="mail.example"),
        ]
    )
    assert [len(group.members) for group in groups] == [3, 1, 1, 1, 1, 1]
    assert groups[0].likeness.gateway == "acme.example"


def test_a_gateway_with_a_short_name_is_called_by_it() -> None:
    assert likeness_of(refused(mx="mail.example")).gateway == "mail.example"
    assert likeness_of(refused(mx="mail")).gateway == "mail"


def test_before_anybody_was_asked_everything_is_as_context_says() -> None:
    anna = doubt("anna", 0.3)
    group = group_of(anna, doubt("bernd", 0.9))
    assert group.alive(anna) == pytest.approx(0.3)
    assert group.finding(anna).causes == {Cause.USER_UNKNOWN: pytest.approx(0.7), Cause.UNKNOWN: pytest.approx(0.3)}


@pytest.mark.parametrize("alive", [True, False])
def test_one_answer_tells_something_of_all(*, alive: bool) -> None:
    group = group_of(anna := doubt("anna"), bernd := doubt("bernd"))
    answered(group, Cause.IP_REPUTATION if alive else Cause.USER_UNKNOWN, "anna", alive=alive)
    assert group.finding(anna).asked
    assert group.alive(anna) == float(alive)
    assert not group.finding(bernd).asked
    assert (group.alive(bernd) > 0.5) is alive
    (cause, *_) = group.finding(bernd).causes
    assert cause is (Cause.IP_REPUTATION if alive else Cause.USER_UNKNOWN)
    assert sum(group.finding(bernd).causes.values()) == pytest.approx(1)


def test_the_least_certain_are_asked_about_first_and_the_sure_never() -> None:
    group = group_of(doubt("anna", 0.9), doubt("bernd", 0.4), doubt("carla", 0.9999))
    order = []
    while (member := group.next) is not None:
        order.append(member.attempt.recipient)
        group.asked[order[-1]] = diagnosed(Cause.IP_REPUTATION, alive=True)
    assert order == ["bernd@acme.example", "anna@acme.example"]
    assert group.worth == 0.0
    assert group.settled == 3


def test_the_group_where_most_are_settled_for_the_cost_comes_first() -> None:
    few = group_of(doubt("anna", 0.9))
    many = group_of(*(doubt(f"person{number}", 0.94, mx_address="127.1.9.9") for number in range(20)))
    assert most_worth([few, many]) is many
    assert many.worth > 18
    answered(many, Cause.IP_REPUTATION, "person0", alive=True)
    assert many.settled == 20
    assert many.worth < 1


def test_a_group_whose_diagnoses_cost_much_and_settle_nothing_comes_last() -> None:
    dear = answered(group_of(doubt("anna"), doubt("bernd")), Cause.IP_REPUTATION, "anna", alive=True, experiments=9)
    cheap = answered(
        group_of(doubt("carla", mx_address="127.1.9.9"), doubt("doris", mx_address="127.1.9.9")),
        Cause.IP_REPUTATION,
        "carla",
        alive=True,
    )
    assert most_worth([dear, cheap]) is cheap


def test_without_doubt_nobody_is_asked() -> None:
    assert most_worth([]) is None
    assert most_worth([group_of(doubt("anna", 0.9999))]) is None
    assert is_settled(0.96)
    assert is_settled(0.04)
    assert not is_settled(0.5)


def test_what_is_expected_of_a_member_does_not_follow_from_itself() -> None:
    group = group_of(anna := doubt("anna"), doubt("bernd"))
    answered(group, Cause.IP_REPUTATION, "anna", alive=True)
    belief = Belief.before(KNOWN, Depth.RCPT).told(FIRST, UNKNOWN)
    assert group.expectation(anna)(belief).alive == pytest.approx(0.5)
    answered(group, Cause.IP_REPUTATION, "bernd", alive=True)
    assert group.expectation(anna)(belief).alive > 0.6


@pytest.mark.parametrize(("seconds", "name"), [(60.0, "again"), (1_200.0, "after-minutes"), (86_400.0, "another-hour")])
def test_time_that_has_passed_costs_nothing(seconds: float, name: str) -> None:
    again = again_after(seconds)
    assert (again.name, again.conditions) == (name, Conditions())


def test_a_cause_that_has_passed_is_not_known() -> None:
    group = group_of(anna := doubt("anna"), bernd := doubt("bernd"))
    sure = diagnosed(Cause.GREYLISTED, alive=True, recipient="anna@acme.example")
    passed = replace(sure, steps=(sure.steps[0]._replace(kind=TAKEN),))
    group.asked["anna@acme.example"] = passed
    assert has_passed(passed)
    assert not has_passed(sure)
    assert not has_passed(replace(sure, steps=()))
    assert group.finding(anna).causes == {Cause.UNKNOWN: pytest.approx(1)}
    assert next(iter(group.finding(bernd).causes)) is Cause.UNKNOWN
    assert not group.is_still_refused


def test_a_cause_that_has_not_passed_is_not_asked_for_again() -> None:
    group = group_of(doubt("anna"), doubt("bernd"))
    sure = diagnosed(Cause.IP_REPUTATION, alive=True, recipient="anna@acme.example")
    group.asked["anna@acme.example"] = sure
    assert not group.is_still_refused
    control = sure.steps[0]._replace(experiment=EXPERIMENTS["control"], kind=TAKEN)
    group.asked["anna@acme.example"] = replace(sure, steps=(*sure.steps, control))
    assert not group.is_still_refused
    neighbour = sure.steps[0]._replace(experiment=EXPERIMENTS["neighbour"], kind=TAKEN)
    group.asked["anna@acme.example"] = replace(sure, steps=(*sure.steps, neighbour))
    assert group.is_still_refused


def test_the_rows_of_a_group_say_what_is_known_of_every_member() -> None:
    group = group_of(doubt("anna"), doubt("bernd"))
    assert not list(rows_of(group, "acme"))
    answered(group, Cause.IP_REPUTATION, "anna", alive=True)
    anna, bernd = rows_of(group, "acme")
    assert (anna.lane, anna.campaign, anna.recipient, anna.asked, anna.at) == (
        "acme", "news", "anna@acme.example", True, 60.0,
    )  # fmt: skip
    assert json.loads(anna.causes) == {"ip-reputation": 1.0}
    assert not bernd.asked
