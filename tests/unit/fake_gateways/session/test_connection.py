"""How sessions end that a client strains."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, CLARA, LoneGateway

from fake_gateways import persona as personas
from fake_gateways.persona import Limit, Persona
from fake_gateways.truth import Cause, Fate


def persona_with(*limit: Limit) -> Persona:
    """Return a persona with other limits."""
    return personas.load("consumer").model_copy(update={"limit": limit})


def errors(most: int) -> Limit:
    """Return a limit on errors."""
    return Limit(of="errors", most=most, code=421, text="{host} Too many errors", source="a test")


@pytest.mark.parametrize("line", ["NOOP", "RSET", "QUIT", "BOGUS", "EHLO a.example", "RCPT TO:<>"])
def test_whatever_follows_the_last_error_that_is_endured_ends_the_session(line: str) -> None:
    lone = LoneGateway(persona_with(errors(2)))
    client = lone.call()
    assert [reply.code for reply in client.mail(CLARA, CLARA)] == [250, 550, 550]
    assert not client.session.closing
    last = client.say(line)
    assert (last.code, last.text) == (421, f"{lone.gateway.host} Too many errors")
    assert client.session.closing
    assert [row.cause for row in lone.truths] == [Cause.USER_UNKNOWN] * 2


@pytest.mark.parametrize(
    ("taken", "line", "rows"),
    [
        ([], f"RCPT TO:<{ALICE}>", [(ALICE, "rcpt", Cause.POLICY, Fate.DEFERRED, 421)]),
        (
            [ALICE],
            f"RCPT TO:<{CLARA}>",
            [(CLARA, "rcpt", Cause.POLICY, Fate.DEFERRED, 421), (ALICE, "rcpt", None, Fate.CUT, 250)],
        ),
        ([ALICE], "DATA", [(ALICE, "data", Cause.POLICY, Fate.DEFERRED, 421)]),
    ],
    ids=["a recipient", "another recipient", "the message"],
)
def test_whom_the_last_reply_is_about_is_recorded(taken: list[str], line: str, rows: list[tuple[object, ...]]) -> None:
    lone = LoneGateway(persona_with(errors(1)))
    client = lone.call()
    client.mail(*taken, CLARA)
    before = len(lone.truths)
    assert client.say(line).code == 421
    client.session.lost()
    found = [(row.recipient, row.stage, row.cause, row.fate, row.code) for row in lone.truths[before:]]
    assert found == rows


def test_mail_after_too_many_errors_is_recorded_with_its_return_path() -> None:
    lone = LoneGateway(persona_with(errors(1)))
    client = lone.call()
    client.say("NONSENSE")
    assert client.say("MAIL FROM:<a@messenger.example>").code == 421
    assert [(row.return_path, row.stage, row.fate) for row in lone.truths] == [
        ("a@messenger.example", "mail", Fate.DEFERRED)
    ]


def test_an_accepted_message_makes_up_for_the_errors_before() -> None:
    client = LoneGateway(persona_with(errors(2))).call()
    for _ in range(3):
        client.mail(CLARA)
        client.say("RSET")
        assert client.deliver(ALICE).accepts


def test_a_command_beyond_a_limit_of_mistakes_has_the_personas_reply() -> None:
    limit = Limit(of="unrecognized", most=1, code=500, text="Too many unrecognized commands", source="a test")
    client = LoneGateway(persona_with(limit)).call()
    assert [client.say("BOGUS").text == limit.text for _ in range(2)] == [False, True]
    assert client.session.closing
