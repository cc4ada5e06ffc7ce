"""A diagnosis asks for experiments until it knows, or until nothing can tell."""

from __future__ import annotations

from itertools import pairwise

from diagnosed import TAKEN, diagnosed, waited
from diagnosing import REFUSAL, replied

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from probe.diagnose.choice import Budget, Stopped


def test_an_address_that_is_not_trusted_is_found_and_the_mailbox_is_alive() -> None:
    found = diagnosed(lambda name: TAKEN if name == "neighbour" else REFUSAL)
    assert (found.cause, found.stopped, found.is_alive) == (Cause.IP_REPUTATION, Stopped.DECIDED, True)
    assert list(found.possible) == [Cause.IP_REPUTATION]
    assert {step.experiment.name for step in found.steps} <= {"control", "neighbour", "after-minutes"}


def test_a_mailbox_that_is_gone_is_found() -> None:
    found = diagnosed(lambda name: TAKEN if name == "control" else REFUSAL)
    assert found.cause is Cause.USER_UNKNOWN
    assert found.is_alive is False


def test_answers_that_fit_nothing_are_not_decided() -> None:
    strange = replied(554, "5.0.0", "Transaction failed", Stage.MAIL)
    found = diagnosed(lambda _: strange)
    assert found.stopped is Stopped.CANNOT_TELL
    assert found.is_alive is None
    assert len(found.possible) > 1


def test_it_keeps_to_its_budget() -> None:
    found = diagnosed(lambda _: REFUSAL, Budget(experiments=1))
    assert len(found.steps) == 1
    assert (found.recipients, found.messages, found.seconds) == (1, 0, 60.0)


def test_nobody_was_asked_about_before_rcpt() -> None:
    early = replied(554, "5.7.1", "Blocked", Stage.CONNECT)
    assert diagnosed(lambda _: early).recipients == 0
    assert diagnosed(lambda _: REFUSAL, Budget(experiments=0)).seconds == 0.0


def test_a_recipient_is_reachable_if_the_unchanged_dialogue_is_accepted_at_last() -> None:
    assert waited().is_reachable
    assert not diagnosed(lambda name: TAKEN if name == "neighbour" else REFUSAL).is_reachable


def test_what_was_believed_before_a_step_is_what_was_believed_after_the_step_before() -> None:
    steps = diagnosed(lambda name: TAKEN if name == "neighbour" else REFUSAL).steps
    assert len(steps) > 1
    for before, after in pairwise(steps):
        assert abs(before.belief.alive - after.before.alive) < 0.001


def test_the_step_that_raises_a_cause_most_speaks_for_it() -> None:
    found = diagnosed(lambda name: TAKEN if name == "neighbour" else REFUSAL)
    assert found.spoke_for(Cause.IP_REPUTATION)[0].experiment.name == "neighbour"
    assert found.spoke_for(Cause.USER_UNKNOWN) == []
