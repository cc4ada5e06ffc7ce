"""Blocklists and lists of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from lone_gateway import ALICE, PEER, STARTS, LoneGateway, session_view
from pydantic import ValidationError

from fake_gateways.dns.zone import Listing
from fake_gateways.policies.ip_reputation import IpReputation, IpReputationSettings
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Answer, Question, Refuse

LISTED = Refuse(Cause.IP_REPUTATION)


def judge(peer: str, answers: Mapping[str, Answer] | None = None, **settings: Any) -> Refuse | Question | None:
    view = session_view(peer=peer)
    known = {Question(name): answer for name, answer in (answers or {}).items()}
    view.lookup = lambda question, _at: known.get(question)
    return IpReputation(IpReputationSettings(type="ip-reputation", **settings)).judge(view)


@pytest.mark.parametrize(
    ("peer", "asked"),
    [
        ("127.10.0.2", "2.0.10.127.bl.example"),
        ("2001:db8::1", f"1.{'0.' * 23}8.b.d.0.1.0.0.2.bl.example"),
    ],
)
def test_a_zone_is_asked_for_the_address_reversed(peer: str, asked: str) -> None:
    assert judge(peer, zones=["bl.example"]) == Question(asked, "A")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(("127.0.0.2",)), LISTED),
        (Answer(("192.0.2.1", "127.0.0.10")), LISTED),
        (Answer(), None),
        (Answer(("192.0.2.1",)), None),  # a parked zone answers with somebody's web server (RFC 5782 section 2.1)
        (Answer(failed=True), None),
    ],
)
def test_only_an_answer_within_127_is_a_listing_and_a_failure_is_none(answer: Answer, verdict: Refuse | None) -> None:
    assert judge("127.10.0.2", {"2.0.10.127.bl.example": answer}, zones=["bl.example"]) == verdict


def test_zones_are_asked_in_turn_until_one_lists() -> None:
    zones = ["one.example", "two.example"]
    one, two = (f"2.0.10.127.{zone}" for zone in zones)
    assert judge("127.10.0.2", zones=zones) == Question(one)
    assert judge("127.10.0.2", {one: Answer()}, zones=zones) == Question(two)
    assert judge("127.10.0.2", {one: Answer(("127.0.0.2",))}, zones=zones) == LISTED
    assert judge("127.10.0.2", {one: Answer(), two: Answer(("127.0.0.2",))}, zones=zones) == LISTED
    assert judge("127.10.0.2", {one: Answer(), two: Answer()}, zones=zones) is None


@pytest.mark.parametrize(
    ("peer", "verdict"),
    [
        ("127.10.0.9", LISTED),
        ("127.10.0.1", None),  # allowed, though its network is denied
        ("127.10.1.1", None),
        ("2001:db8::7", LISTED),
        ("2001:db8:1::7", None),
    ],
)
def test_the_allow_list_goes_before_the_deny_list(peer: str, verdict: Refuse | None) -> None:
    allow = ["127.10.0.1", "2001:db8:1::/48"]
    assert judge(peer, allow=allow, deny=["127.10.0.0/24", "2001:db8::/32"]) == verdict


def test_who_is_allowed_or_denied_is_not_looked_up() -> None:
    assert judge("127.10.0.1", allow=["127.10.0.0/24"], zones=["bl.example"]) is None
    assert judge("127.10.0.1", deny=["127.10.0.0/24"], zones=["bl.example"]) == LISTED


@pytest.mark.parametrize("value", ["127.10.0.1/24", "northwind.example", "127.10.0", "127.10.0.0/33"])
def test_what_is_no_network_is_refused_with_an_example(value: str) -> None:
    with pytest.raises(ValidationError, match=r'write for example "127\.10\.0\.1"'):
        IpReputationSettings(type="ip-reputation", deny=[value], allow=())


def test_a_listing_that_begins_or_ends_is_noticed_in_the_next_session_only() -> None:
    at_rcpt = IpReputationSettings(type="ip-reputation", zones=["bl.example"], at=Stage.RCPT)
    lone = LoneGateway("postfix", policies=[at_rcpt])
    lone.world.add_listings([Listing(PEER, "bl.example", STARTS + 10.0, STARTS + 2000.0)])
    first = lone.call()
    assert first.deliver(ALICE).accepts
    lone.clock.pass_by(1000.0)  # the answer may no longer be cached
    assert first.deliver(ALICE).accepts
    second = lone.call()
    assert second.deliver(ALICE).refuses
    lone.clock.pass_by(2000.0)
    second.say("RSET")
    assert second.deliver(ALICE).refuses
    assert lone.call().deliver(ALICE).accepts
