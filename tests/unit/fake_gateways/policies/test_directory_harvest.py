"""Guessing recipients blocks the client, and with it those who are there."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, CLARA, PEER, LoneGateway, policy

from fake_gateways.truth import Cause, Fate


def harvest(**settings: object) -> LoneGateway:
    return LoneGateway("cisco-esa", policies=[policy("directory-harvest", limit="2/1h", **settings)])


def codes(lone: LoneGateway, *recipients: str, peer: str = PEER) -> list[int]:
    return [reply.code for reply in lone.call(peer).mail(*recipients)[1:]]


def causes(lone: LoneGateway) -> list[str | None]:
    return [row.cause for row in lone.truths if row.fate != Fate.CUT]


def test_after_too_many_unknown_recipients_the_valid_are_refused_for_good_too() -> None:
    lone = harvest()
    assert codes(lone, CLARA, CLARA, CLARA, ALICE) == [550, 550, 550, 550]
    assert causes(lone) == [*[Cause.USER_UNKNOWN] * 3, Cause.DIRECTORY_HARVEST]


def test_the_block_ends() -> None:
    lone = harvest(block_for="30m")
    codes(lone, CLARA, CLARA, CLARA)
    lone.clock.pass_by(1799)
    assert codes(lone, ALICE) == [550]
    lone.clock.pass_by(1)
    assert codes(lone, ALICE) == [250]


def test_what_is_older_than_the_window_does_not_count() -> None:
    lone = harvest()
    codes(lone, CLARA, CLARA)
    lone.clock.pass_by(3600)
    assert codes(lone, CLARA, ALICE) == [550, 250]


@pytest.mark.parametrize(("per", "code"), [("ip", 250), ("/24", 550)])
def test_the_neighbours_may_be_punished_as_well(per: str, code: int) -> None:
    lone = harvest(per=per)
    codes(lone, CLARA, CLARA, CLARA)
    assert codes(lone, ALICE, peer="127.10.0.2") == [code]


def test_a_share_of_unknown_recipients_may_be_needed() -> None:
    lone = harvest(least_share=0.5)
    assert codes(lone, *[ALICE] * 9)[-1] == 250
    lone.clock.pass_by(1)
    client = lone.call()
    client.deliver(*[ALICE] * 9)
    assert codes(lone, CLARA, CLARA, CLARA, ALICE)[-1] == 250


def test_who_is_blocked_may_be_hung_up_on_without_a_word() -> None:
    lone = harvest(hangs_up=True)
    client = lone.call()
    client.mail(CLARA, CLARA, CLARA)
    assert client.say(f"RCPT TO:<{ALICE}>").octets == b""
    assert client.session.closing
    last = lone.truths[-1]
    assert (last.recipient, last.cause, last.fate, last.code) == (ALICE, Cause.DIRECTORY_HARVEST, Fate.CUT, 0)
