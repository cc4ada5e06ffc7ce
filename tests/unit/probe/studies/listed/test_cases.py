"""Generated cases: every list with every fault, repeatable, with answers that the list documents."""

from __future__ import annotations

import pytest

from fake_gateways.dns.resolver_fault import ResolverFault
from fake_gateways.verdict import Question
from probe.listed.answer import Came, Reply, State, decide
from probe.listed.lists import shipped
from probe.listed.subject import name_on, names_to_test
from probe.studies.listed.cases import case_of, cases, world_of

LISTS = shipped().alive


def test_every_list_meets_every_fault_and_none() -> None:
    found = list(cases(LISTS[:2], range(3)))
    assert len(found) == 2 * (len(ResolverFault) + 1) * 3
    assert len(ResolverFault) == 14
    assert found == list(cases(LISTS[:2], range(3)))


@pytest.mark.parametrize("blocklist", LISTS, ids=[each.zone for each in LISTS])
def test_the_world_of_a_case_says_who_is_listed(blocklist: object) -> None:
    for seed in range(5):
        case = case_of(blocklist, None, seed)  # type: ignore[arg-type]
        world = world_of(case)
        for subject, code in case.entries.items():
            name = name_on(case.blocklist, subject)
            assert name is not None
            records = world.answer(Question(name), 0.0).records
            reply = Reply(Came.RECORDS, records) if records else Reply(Came.NO_NAME)
            assert decide(case.blocklist, reply).state is (State.NOT_LISTED if code is None else State.LISTED)
        for points in names_to_test(case.blocklist, case.entries):
            assert world.answer(Question(points.listed), 0.0).records
            assert not world.answer(Question(points.not_listed), 0.0).records
