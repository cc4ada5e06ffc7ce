"""Reading with a classifier: what it is shown, and the answers that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from book_rows import refused

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify import Evidence, Reading
from probe.classify.reading import ClassifierError
from probe.judge.run_classifier import read_all
from probe.judge.story import Key, Story

KEPT = Reading(Cause.CONTENT)
ANN, BOB = "ann@acme.example", "bob@acme.example"
STORIES: dict[Key, Story] = {
    key: Story(Evidence(key[1], (refused(campaign=key[0], recipient=key[1]),)), None, MailboxState.DEPARTED)
    for key in (("news", ANN), ("news", BOB), ("june", ANN))
}


class Answering:
    """A classifier that gives the same answer to every question."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.seen: list[Evidence] = []

    def classify(self, evidence: Evidence) -> Any:
        """Answer."""
        self.seen.append(evidence)
        return self.answer


class ByCampaign:
    """A classifier that reads whole campaigns and answers by a function."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.seen: list[Mapping[str, Evidence]] = []

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> Any:
        """Answer."""
        self.seen.append(campaign)
        return self.answer(campaign)


def test_a_classifier_gets_the_evidence_and_nothing_else() -> None:
    classifier = Answering(KEPT)
    assert read_all("mine", classifier, STORIES) == dict.fromkeys(STORIES, KEPT)
    assert classifier.seen == [story.evidence for story in STORIES.values()]


def test_a_campaign_classifier_reads_each_campaign_once_and_cannot_change_it() -> None:
    classifier = ByCampaign(lambda campaign: dict.fromkeys(campaign, KEPT))
    assert read_all("mine", classifier, STORIES) == dict.fromkeys(STORIES, KEPT)
    assert [list(each) for each in classifier.seen] == [[ANN, BOB], [ANN]]
    assert not hasattr(classifier.seen[0], "__setitem__")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("dead", "answered 'dead' for ann@acme.example, which is not a Reading"),
        (Reading("content"), "gave ann@acme.example the cause 'content', which is not a Cause"),  # type: ignore[arg-type]
        (Reading(None, wish="keep"), "gave ann@acme.example the wish 'keep', which is not an Advice"),  # type: ignore[arg-type]
        (Reading(None, 7), "gave ann@acme.example the reason 7, which is not a string"),  # type: ignore[arg-type]
        (Reading(None, alive=1.5), "gave ann@acme.example the probability 1.5, not a number from 0 to 1"),
    ],
)
def test_a_field_that_is_not_valid_is_an_error_that_names_the_recipient(answer: Any, problem: str) -> None:
    with pytest.raises(ClassifierError) as caught:
        read_all("mine", Answering(answer), STORIES)
    assert str(caught.value) == f"classifier mine {problem}"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda _: [KEPT], "answered with a list, not with a mapping"),
        (lambda campaign: dict.fromkeys(list(campaign)[1:], KEPT), f"did not answer for {ANN}"),
    ],
)
def test_a_campaign_classifier_answers_for_every_recipient(answer: Any, problem: str) -> None:
    with pytest.raises(ClassifierError) as caught:
        read_all("mine", ByCampaign(answer), STORIES)
    assert str(caught.value) == f"classifier mine {problem}"


def test_a_campaign_classifier_answers_for_no_other_recipient() -> None:
    with pytest.raises(ClassifierError, match=r"eve@acme\.example"):
        read_all("mine", ByCampaign(lambda campaign: dict.fromkeys([*campaign, "eve@acme.example"], KEPT)), STORIES)


def test_an_exception_of_a_classifier_is_an_error_that_names_it() -> None:
    def divide(_: object) -> object:
        return 1 / 0

    with pytest.raises(ClassifierError) as caught:
        read_all("mine", ByCampaign(divide), STORIES)
    assert str(caught.value) == "classifier mine failed: ZeroDivisionError: division by zero"
