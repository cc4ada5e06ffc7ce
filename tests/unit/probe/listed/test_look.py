"""A list is tested before and after it is asked, and a fault at either time makes everything unknown."""

from __future__ import annotations

import pytest
from looking import ZONE, answering

from fake_gateways.verdict import Question
from probe.listed.answer import Came, Fault, Reply, State
from probe.listed.lists import checked, shipped, unknown_list
from probe.listed.look import dead_in, look_at, nonexistent_name
from probe.listed.subject import NONEXISTENT, Subject

LIST = unknown_list(ZONE, "addresses")
BAD, GOOD = Subject("192.0.2.1", "address"), Subject("192.0.2.2", "address")
TESTED = {(f"2.0.0.127.{ZONE}", "A"): ("127.0.0.2",)}
RECORDS = {
    **TESTED,
    (f"1.2.0.192.{ZONE}", "A"): ("127.0.0.2",),
    (f"1.2.0.192.{ZONE}", "TXT"): ('"seen in a trap"',),
}


async def test_who_is_listed_is_found_with_the_lists_own_reason() -> None:
    asked: list[str] = []
    found = await look_at(LIST, [BAD, GOOD], answering(RECORDS, asked))
    assert [(each.decided.state, each.reason) for each in found.entries] == [
        (State.LISTED, "seen in a trap"),
        (State.NOT_LISTED, ""),
    ]
    points = [f"2.0.0.127.{ZONE}", f"1.0.0.127.{ZONE}"]
    assert (asked[:2], asked[-2:], len(asked)) == (points, points, 7)


async def test_a_list_that_fails_its_test_is_not_asked_about_anybody() -> None:
    asked: list[str] = []
    found = await look_at(LIST, [BAD, GOOD], answering({}, asked))
    assert found.fault is Fault.DEAD
    assert {each.decided.fault for each in found.entries} == {Fault.DEAD}
    assert len(asked) == 2


async def test_a_fault_that_began_meanwhile_makes_everything_unknown() -> None:
    count = 0
    healthy, lists_all = answering(TESTED), Reply(Came.RECORDS, ("127.0.0.2",))

    async def ask(question: Question) -> Reply:
        nonlocal count
        count += 1
        return lists_all if count > 2 else await healthy(question)

    found = await look_at(LIST, [GOOD], ask)
    assert found.fault is Fault.LISTS_THE_WORLD
    assert [each.decided.state for each in found.entries] == [State.UNKNOWN]


@pytest.mark.parametrize(("answer", "fault"), [(Came.NO_NAME, Fault.DEAD), (("198.51.100.1",), Fault.CAPTIVE_PORTAL)])
async def test_where_everything_has_an_address_a_name_that_cannot_exist_tells_why(
    answer: Came | tuple[str, ...], fault: Fault
) -> None:
    names = (f"2.0.0.127.{ZONE}", f"1.0.0.127.{ZONE}")
    records = {(name, "A"): ("198.51.100.1",) for name in names} | {(NONEXISTENT, "A"): answer}
    assert (await look_at(LIST, [GOOD], answering(records))).fault is fault


async def test_a_list_of_domains_is_not_asked_about_addresses() -> None:
    asked: list[str] = []
    found = await look_at(unknown_list("dbl.example.org", "domains"), [GOOD], answering({}, asked))
    assert (found.entries, asked) == ((), [])


@pytest.mark.parametrize("came", [Came.NO_NAME, Came.NOTHING])
async def test_a_name_that_cannot_exist_is_asked(came: Came) -> None:
    assert await nonexistent_name(answering({(NONEXISTENT, "A"): came})) == Reply(came)


def test_dead_lists_of_a_users_file_are_named() -> None:
    raw = {
        "list": [
            {"zone": zone, "name": "x", "of": "addresses", "why": "x", "leave": "x", "source": "x"}
            for zone in ("dnsbl.sorbs.net", ZONE)
        ]
    }
    assert [each.zone for each in dead_in(checked(raw, "x").with_dead(shipped().dead))] == ["sorbs.net"]
