"""Waiting before the greeting, and who does not wait."""

from __future__ import annotations

import pytest
from lone_gateway import PEER, LoneGateway, policy

from fake_gateways.session import open_session
from fake_gateways.truth import Cause
from fake_gateways.verdict import Answer, Wait


def test_every_client_waits_for_the_greeting() -> None:
    client = LoneGateway("postfix", policies=[policy("greet-pause", pause="6s")]).call(helo=None)
    assert (client.greeting.code, client.waited_s) == (220, 6.0)


def test_who_talks_before_the_greeting_is_refused() -> None:
    lone = LoneGateway("postfix", policies=[policy("greet-pause")])
    session = open_session(lone.gateway, PEER, 1)
    dialogue = session.greet()
    assert next(dialogue) == Wait(6.0)
    session.talked_early()
    with pytest.raises(StopIteration) as finished:
        dialogue.send(Answer())
    assert finished.value.value.refuses
    assert session.closing
    assert [row.cause for row in lone.truths] == [Cause.POLICY]
