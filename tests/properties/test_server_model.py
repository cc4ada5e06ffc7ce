"""Clients in any order, several messages a connection: a gateway answers and writes down what its model foretells."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from strategies import examples

from simulation.fuzzing.dialogues import Dialogues

LEADING_ON = 20
"""Kinds of steps below this lead on, whatever is due."""


class Clients(RuleBasedStateMachine):
    """Clients that file, refuse, log in, encrypt, present others, and leave."""

    @initialize(lmtp=st.booleans(), wants_login=st.booleans(), wants_tls=st.booleans())
    def begin(self, *, lmtp: bool, wants_login: bool, wants_tls: bool) -> None:
        self.dialogues = Dialogues(lmtp=lmtp, wants_login=wants_login, wants_tls=wants_tls)

    @rule(kind=st.integers(0, 31), choice=st.integers(0, 2**10 - 1), leaves=st.booleans())
    def take_any_step(self, kind: int, choice: int, *, leaves: bool) -> None:
        self.dialogues.take(self.dialogues.due(kind + choice * 32 + leaves * 2**15))

    @rule(kind=st.integers(2, LEADING_ON - 1), choice=st.integers(0, 2**10 - 1))
    def lead_on(self, kind: int, choice: int) -> None:
        self.dialogues.take(self.dialogues.due(kind + choice * 32))


TestClients = Clients.TestCase
TestClients.settings = settings(examples(60), stateful_step_count=50)
