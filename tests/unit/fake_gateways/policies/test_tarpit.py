"""Replies held back: those that refuse, or all to a client that errs."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, CLARA, STARTS, LoneGateway, policy


@pytest.mark.parametrize(("recipient", "waited_s"), [(CLARA, 5.0), (ALICE, 0.0)])
def test_by_default_only_refusals_are_held_back(recipient: str, waited_s: float) -> None:
    client = LoneGateway(policies=[policy("tarpit")]).call()
    client.mail(recipient)
    assert client.waited_s == waited_s


def test_the_truth_of_a_refusal_that_was_held_back_is_written_when_it_is_told() -> None:
    lone = LoneGateway(policies=[policy("tarpit", delay="7s")])
    lone.call().mail(CLARA)
    assert [row.at for row in lone.truths] == [STARTS + 7.0]


def test_everything_is_slow_once_the_session_has_had_its_refusals() -> None:
    client = LoneGateway(policies=[policy("tarpit", delay="1s", after_refusals=2, slows="everything")]).call()
    client.mail(CLARA, CLARA)
    assert client.waited_s == 0.0
    client.say(f"RCPT TO:<{ALICE}>")
    assert client.waited_s == 1.0


def test_once_everything_is_slow_it_is_slow_at_every_command() -> None:
    client = LoneGateway(policies=[policy("tarpit", delay="1s", slows="everything")]).call()
    assert client.waited_s == 1.0
    client.deliver(ALICE)
    assert client.waited_s == 5.0


def test_a_stage_that_is_given_is_the_only_slow_one() -> None:
    client = LoneGateway(policies=[policy("tarpit", delay="1s", slows="everything", at="mail")]).call()
    client.deliver(ALICE)
    assert client.waited_s == 1.0


def test_mistakes_slow_a_client_down_until_a_message_is_accepted() -> None:
    client = LoneGateway(policies=[policy("tarpit", delay="1s", after_refusals=2, slows="everything")]).call()
    client.say("BOGUS")
    client.say("RCPT TO:<>")
    client.deliver(ALICE)
    assert client.waited_s == 4.0
    client.deliver(ALICE)
    assert client.waited_s == 4.0
