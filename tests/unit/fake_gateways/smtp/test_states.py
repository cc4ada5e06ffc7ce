"""Tests of the table of session states: the order of commands of RFC 5321 section 4.1.4."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, LoneGateway

from fake_gateways.smtp.states import TRANSITIONS, State

WAYS = {
    State.GREETED: [],
    State.INTRODUCED: ["EHLO mta1.messenger.example"],
    State.MAIL: ["EHLO mta1.messenger.example", "MAIL FROM:<>"],
    State.RCPT: ["EHLO mta1.messenger.example", "MAIL FROM:<>", f"RCPT TO:<{ALICE}>"],
}
"""Commands that lead to a state."""
LINES = {
    "EHLO": "EHLO mta1.messenger.example",
    "HELO": "HELO mta1.messenger.example",
    "MAIL": "MAIL FROM:<>",
    "RCPT": f"RCPT TO:<{ALICE}>",
    "DATA": "DATA",
    "RSET": "RSET",
    "NOOP": "NOOP",
    "VRFY": "VRFY alice",
    "HELP": "HELP",
    "STARTTLS": "STARTTLS",
    "XCLIENT": "XCLIENT ADDR=192.0.2.7",
    "QUIT": "QUIT",
}


def states_with(command: str) -> set[State]:
    """Return the states in which a command is valid."""
    return {state for state, transitions in TRANSITIONS.items() if command in transitions}


def test_a_transaction_is_mail_then_recipients_then_data() -> None:
    assert states_with("MAIL") == {State.INTRODUCED}
    assert states_with("RCPT") == {State.MAIL, State.RCPT}
    assert states_with("DATA") == {State.RCPT}


def test_tls_and_another_client_address_come_before_a_transaction() -> None:
    assert states_with("STARTTLS") == states_with("XCLIENT") == {State.GREETED, State.INTRODUCED}


@pytest.mark.parametrize("state", [State.MAIL, State.RCPT])
def test_hello_and_reset_end_the_transaction(state: State) -> None:
    transitions = TRANSITIONS[state]
    assert transitions["EHLO"].accepted is transitions["HELO"].accepted is State.INTRODUCED
    assert transitions["RSET"].accepted is State.INTRODUCED


@pytest.mark.parametrize("state", State)
def test_every_state_leads_to_a_state_of_the_table(state: State) -> None:
    assert all(set(transition) <= set(TRANSITIONS) for transition in TRANSITIONS[state].values())


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("command", LINES)
def test_the_session_refuses_exactly_where_the_table_has_no_transition(state: State, command: str) -> None:
    client = LoneGateway("postfix", xclient=True).call(helo=None)
    for line in WAYS[state]:
        assert client.say(line).accepts
    reply = client.say(LINES[command])
    assert reply.accepts is (command in TRANSITIONS[state]), reply
    assert reply.accepts or reply.code == (554 if (state, command) == (State.MAIL, "DATA") else 503)
