"""Points for mail taken and against unknown recipients and spam."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, CLARA, FILTER, PEER, SPAM, LoneGateway, policy

from fake_gateways.truth import Cause, Fate


def codes(lone: LoneGateway, *recipients: str, peer: str = PEER) -> list[int]:
    return [lone.call(peer).mail(recipient)[-1].code for recipient in recipients]


def earned(**settings: object) -> LoneGateway:
    chosen = {"refuse_below": -2.5, "complaints": 0.0, **settings}
    return LoneGateway("exchange-online", policies=[FILTER, policy("earned-reputation", **chosen)])


def causes(lone: LoneGateway) -> list[str | None]:
    return [row.cause for row in lone.truths if row.fate != Fate.CUT]


def test_unknown_recipients_cost_a_sender_its_name_with_those_who_are_there() -> None:
    lone = earned()
    codes(lone, CLARA, CLARA, CLARA, ALICE)
    assert causes(lone) == [*[Cause.USER_UNKNOWN] * 3, Cause.IP_REPUTATION]


def test_time_heals() -> None:
    lone = earned(half_life="1h")
    codes(lone, CLARA, CLARA, CLARA)
    lone.clock.pass_by(1200)
    assert codes(lone, ALICE) == [250]


def test_mail_that_is_taken_makes_good_for_some_mistakes() -> None:
    lone = earned(accepted=1.0)
    for _ in range(2):
        lone.call().deliver(ALICE)
    codes(lone, CLARA, CLARA, CLARA)
    assert codes(lone, ALICE) == [250]


def test_spam_costs_more_than_an_unknown_recipient() -> None:
    lone = earned()
    lone.call().deliver(ALICE, content=SPAM)
    codes(lone, ALICE)
    assert causes(lone)[-1] == Cause.IP_REPUTATION


def test_complaints_about_mail_that_was_taken_count() -> None:
    lone = earned(complaints=1.0)
    assert lone.call().deliver(ALICE).code == 250
    codes(lone, ALICE)
    assert causes(lone)[-1] == Cause.IP_REPUTATION


@pytest.mark.parametrize(("per", "cause"), [("ip", None), ("/24", Cause.IP_REPUTATION), ("sender-domain", "domain")])
def test_a_reputation_belongs_to_an_address_its_network_or_a_domain(per: str, cause: str | None) -> None:
    lone = earned(per=per)
    codes(lone, CLARA, CLARA, CLARA)
    client = lone.call("127.10.0.2")
    client.deliver(ALICE)
    assert lone.truths[-1].cause == (Cause.IP_REPUTATION if cause else None)
