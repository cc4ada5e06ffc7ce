"""What is counted of each tool."""

from __future__ import annotations

from fake_gateways.dns.resolver_fault import ResolverFault
from probe.listed.answer import Decided, Fault, State, unknown
from probe.listed.lists import unknown_list
from probe.listed.subject import Subject
from probe.studies.listed.cases import Case, Timing
from probe.studies.listed.figures import Tally, summary

A, B = Subject("192.0.2.1", "address"), Subject("192.0.2.2", "address")
CASE = Case(unknown_list("bl.example.org", "addresses"), {A: "127.0.0.2", B: None}, None, Timing.WHOLE, 1, 1)


def test_right_and_wrong_are_counted_by_fault() -> None:
    tally, other = Tally(), Tally()
    tally.count(CASE, {A: Decided(State.NOT_LISTED), B: Decided(State.LISTED)})
    other.count(CASE._replace(fault=ResolverFault.DEAD), {A: unknown(Fault.DEAD), B: unknown(Fault.TIME_OUT)})
    tally.merge(other)
    assert tally.of("none") == {
        "cases": 1, "listed": 1, "found": 0, "missed": 1, "not_listed": 1, "false_listings": 1, "unknown": 0,
        "fault_named": 0,
    }  # fmt: skip
    dead = tally.of("dead")
    assert (dead["unknown"], dead["fault_named"]) == (2, 1)
    total = summary({"ours": tally}, 1, range(1, 3))["tools"]["ours"]["total"]
    assert (total["cases"], total["missed"], total["unknown"]) == (2, 1, 2)
