"""Whether a client may use the domain it sends for, by its own record."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lone_gateway import ALICE, RETURN_PATH, LoneGateway, policy, session_view

from fake_gateways.dns.zone import World
from fake_gateways.policies.spf import SpfResult, check, counted, evaluate
from fake_gateways.smtp.envelope import Envelope
from fake_gateways.verdict import Answer, Question


def world(record: str = "v=spf1 ip4:127.10.0.1 -all") -> World:
    made = World()
    made.add("messenger.example", "TXT", f'"{record}"')
    made.add("mta1.messenger.example", "TXT", '"v=spf1 ip4:127.10.0.1 -all"')
    made.add("_spf.partner.example", "TXT", '"v=spf1 ip4:127.10.0.0/24 ~all"')
    return made


def taken(
    peer: str, *, record: str = "v=spf1 ip4:127.10.0.1 -all", return_path: str = RETURN_PATH, **settings: object
) -> bool:
    lone = LoneGateway("exchange-online", policies=[policy("spf", **settings)], world=world(record))
    return lone.call(peer).mail(ALICE, return_path=return_path)[-1].accepts


@pytest.mark.parametrize(("peer", "passes"), [("127.10.0.1", True), ("127.10.0.2", False)])
def test_a_client_that_the_record_does_not_name_is_refused(peer: str, passes: bool) -> None:  # noqa: FBT001
    assert taken(peer) is passes


def test_the_null_return_path_is_judged_by_helo() -> None:
    assert taken("127.10.0.1", return_path="")
    assert not taken("127.10.0.2", return_path="")


def test_records_of_others_are_included() -> None:
    assert taken("127.10.0.77", record="v=spf1 include:_spf.partner.example -all")
    assert not taken("127.20.0.77", record="v=spf1 include:_spf.partner.example -all")


@pytest.mark.parametrize(
    ("record", "result"),
    [("v=spf1 ~all", "softfail"), ("v=spf1 ?all", "neutral"), ("v=spf1 tea", "permerror"), ("v=spf2 -all", "none")],
)
def test_which_results_refuse_is_for_the_scenario_to_say(record: str, result: str) -> None:
    assert taken("127.10.0.1", record=record)
    assert not taken("127.10.0.1", record=record, refuse=[result])


def test_a_record_that_includes_itself_ends_after_ten_questions() -> None:
    lone = LoneGateway(
        "exchange-online",
        policies=[policy("spf", refuse=["permerror"])],
        world=world("v=spf1 include:messenger.example"),
    )
    client = lone.call()
    assert not client.mail(ALICE)[-1].accepts
    assert len(client.asked) == 1


def test_a_nameserver_that_does_not_answer_is_a_temporary_error() -> None:
    view = session_view()
    view.envelope = Envelope(RETURN_PATH)
    view.fresh[Question("messenger.example", "TXT")] = Answer(failed=True)
    assert evaluate(view) == "temperror"


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_nothing_a_stranger_publishes_or_says_is_more_than_an_error(record: str, sender: str, helo: str) -> None:
    result = check(
        "127.10.0.1", f"{sender}@messenger.example", helo, lambda _name, _kind: Answer((f'"v=spf1 {record}"',))
    )
    assert result in get_args(SpfResult)


def test_the_lookups_that_count_against_the_limit_are_counted() -> None:
    made = world("v=spf1 include:_spf.partner.example -all")

    def lookup(name: str, kind: str) -> Answer:
        return made.answer(Question(name, kind), 0.0)

    assert counted("127.10.0.77", "a@messenger.example", "mta1.messenger.example", lookup) == ("pass", 1)
    assert counted("127.10.0.77", "a@other.example", "mta1.messenger.example", lookup) == ("none", 0)
