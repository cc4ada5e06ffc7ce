"""A message has so many recipients."""

from __future__ import annotations

from lone_gateway import ALICE, BORIS, CLARA, CLEAN, LoneGateway, policy


def test_the_recipient_that_is_one_too_many_is_refused_and_the_others_get_the_message() -> None:
    lone = LoneGateway("postfix", policies=[policy("recipients-per-message", most=2)])
    client = lone.call()
    assert [reply.code for reply in client.mail(ALICE, BORIS, ALICE)] == [250, 250, 250, 452]
    client.say("DATA")
    assert client.send(CLEAN).code == 250
    assert [row.fate for row in lone.truths] == ["deferred", "inbox", "inbox"]


def test_those_that_were_refused_do_not_count() -> None:
    client = LoneGateway("postfix", policies=[policy("recipients-per-message", most=1)]).call()
    assert [reply.code for reply in client.mail(CLARA, ALICE)[1:]] == [550, 250]
