"""What all baselines have in common."""

from __future__ import annotations

import pytest
from book_rows import attempt, refused

from fake_gateways.truth import Cause
from probe.classify import Evidence, Reading, RecipientClassifier
from probe.classify.registry import BASELINES, choose, with_baselines
from probe.records.attempt import Attempt, Failure


def read(name: str, *attempts: Attempt) -> Reading:
    """Let a baseline read a recipient's attempts."""
    return BASELINES[name]().classify(Evidence(attempts[-1].recipient, attempts))


@pytest.mark.parametrize("name", BASELINES)
def test_a_delivered_message_is_not_a_bounce(name: str) -> None:
    assert read(name, attempt(text="User unknown, no such user")).cause is None


@pytest.mark.parametrize("name", BASELINES)
def test_the_last_attempt_decides(name: str) -> None:
    assert read(name, refused(text="User unknown"), attempt()).cause is None


@pytest.mark.parametrize("name", ["code", "text"])
@pytest.mark.parametrize(("code", "enhanced"), [(421, "4.7.0"), (450, "4.1.1"), (452, None)])
def test_a_deferral_is_only_temporary(name: str, code: int, enhanced: str | None) -> None:
    reading = read(name, refused(code=code, enhanced=enhanced, text="User unknown"))
    assert reading.cause is Cause.SYSTEM
    assert not reading.suppress


@pytest.mark.parametrize("name", ["code", "text"])
@pytest.mark.parametrize("failure", list(Failure))
def test_a_network_failure_is_read_as_one(name: str, failure: Failure) -> None:
    reading = read(name, refused(code=None, failure=failure, text="User unknown"))
    is_nowhere = failure is Failure.NO_ROUTE
    assert reading.cause is (Cause.BAD_DOMAIN if is_nowhere else Cause.NETWORK)
    assert failure in reading.reason
    assert reading.suppress is is_nowhere


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_gives_the_same_reading_every_time(name: str) -> None:
    classifier: RecipientClassifier = BASELINES[name]()
    evidence = Evidence("ann@acme.example", (refused(text="User unknown"),))
    assert classifier.classify(evidence) == classifier.classify(evidence)


def test_baselines_that_are_named_and_lacking_are_added() -> None:
    added = with_baselines(choose(["context", "text"]), ["text", "mine", "code"])
    assert [each.name for each in added] == ["context", "text", "code"]
