"""Mailboxes that exist and take no mail from outside."""

from __future__ import annotations

from lone_gateway import ALICE, CLARA, LoneGateway, policy

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause


def refused(part: float) -> list[str]:
    lone = LoneGateway("exchange-onprem", policies=[policy("restricted-recipients", part=part)], states=PEOPLE)
    return [recipient for recipient in PEOPLE if not lone.call().mail(recipient)[-1].accepts]


PEOPLE = {f"person{number}@northwind.example": MailboxState.PRESENT for number in range(200)}


def test_the_part_is_about_what_is_asked_for_and_always_the_same_mailboxes() -> None:
    assert 30 <= len(refused(0.2)) <= 50
    assert refused(0.2) == refused(0.2)
    assert (refused(0.0), len(refused(1.0))) == ([], 200)


def test_an_outsider_hears_what_he_hears_of_mailboxes_that_are_not_there() -> None:
    claims = {Cause.POLICY: Cause.USER_UNKNOWN}
    lone = LoneGateway("exchange-onprem", policies=[policy("restricted-recipients", part=1.0)], claims=claims)
    assert lone.call().mail(ALICE)[-1] == LoneGateway("exchange-onprem").call().mail(CLARA)[-1]
    assert [(row.mailbox, row.cause, row.honest) for row in lone.truths] == [("present", Cause.POLICY, False)]
