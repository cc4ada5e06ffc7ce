"""A diagnosis asks for experiments until it knows, or until nothing can tell."""

from __future__ import annotations

from collections.abc import Callable

from diagnosing import KNOWN, RECIPIENT, REFUSAL, replied

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from probe.diagnose.choice import Budget, Stopped
from probe.diagnose.diagnosis import Diagnosis, Observed, diagnose
from probe.diagnose.document import as_document
from probe.diagnose.experiment import Experiment
from probe.sender.transaction import Result

TAKEN = replied(250, "2.1.5", "ok")
MEANS = {"control", "neighbour"}


def diagnosed(answer: Callable[[str], Result], budget: Budget | None = None) -> Diagnosis:
    """Diagnose a recipient whose gateway answers experiments by name."""
    asking = diagnose(RECIPIENT, Observed(REFUSAL, 0.0), MEANS, KNOWN, budget or Budget())
    at = 0.0
    try:
        experiment: Experiment = next(asking)
        while True:
            at += 60.0
            experiment = asking.send(Observed(answer(experiment.name), at))
    except StopIteration as ended:
        found: Diagnosis = ended.value
        return found


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


def test_the_document_has_every_experiment_and_what_to_do() -> None:
    found = diagnosed(lambda name: TAKEN if name == "neighbour" else REFUSAL)
    document = as_document(found)
    assert document["mailbox"]["is_alive"] is True
    assert document["advice"][0]["cause"] == "ip-reputation"
    assert document["refusal"]["reply"] == "550 5.1.1 User unknown"
    assert [each["name"] for each in document["experiments"]] == [step.experiment.name for step in found.steps]
