"""Reading with a classifier: what it is shown, and the answers that are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from book_rows import refused

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify import Evidence, Reading
from probe.classify.reading import ClassifierError
from probe.judge.run_classifier import observe, read_all, read_campaign, read_recipient, read_stream
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


class InTwoPasses:
    """A classifier that counts first, and then gives the count as its reason."""

    def observe(self, evidence: Iterable[Evidence]) -> int:
        """Count."""
        return sum(1 for _ in evidence)

    def reader(self, observed: Iterable[int]) -> Answering:
        """Answer with the sum."""
        return Answering(Reading(None, str(sum(observed))))


class Streaming:
    """A classifier that answers as it goes, the last recipient first."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def classify_stream(self, evidence: Iterable[Evidence]) -> Iterator[tuple[str, Any]]:
        """Answer."""
        yield from ((each.recipient, self.answer) for each in reversed(list(evidence)))


def test_a_two_pass_classifier_observes_each_campaign_and_then_reads_it() -> None:
    found = read_all("mine", InTwoPasses(), STORIES)
    assert {key: reading.reason for key, reading in found.items()} == {
        key: "2" if key[0] == "news" else "1" for key in STORIES
    }
    assert list(found) == list(STORIES)


def test_a_stream_of_answers_is_checked_and_brought_in_order() -> None:
    assert list(read_all("mine", Streaming(KEPT), STORIES).items()) == [(key, KEPT) for key in STORIES]
    with pytest.raises(ClassifierError, match="mine answered 'dead' for bob"):
        list(read_stream("mine", Streaming("dead"), [story.evidence for story in list(STORIES.values())[:2]]))


class Lazy(Mapping[str, Evidence]):
    """Makes evidence when somebody looks, and does not say whether it has any."""

    def __init__(self) -> None:
        self.looked = 0

    def __getitem__(self, recipient: str) -> Evidence:
        """Make the evidence."""
        self.looked += 1
        return STORIES["news", recipient].evidence

    def __iter__(self) -> Iterator[str]:
        """Go through the recipients."""
        return iter((ANN, BOB))

    def __len__(self) -> int:
        """Count them."""
        return 2


def test_checking_the_answers_for_a_campaign_does_not_look_at_its_evidence() -> None:
    campaign = Lazy()
    classifier = ByCampaign(lambda _: {BOB: KEPT, ANN: KEPT})
    assert list(read_campaign("mine", classifier, campaign)) == [(ANN, KEPT), (BOB, KEPT)]
    assert campaign.looked == 0


def test_an_error_of_the_classifiers_own_is_passed_on() -> None:
    def complain(_: object) -> object:
        raise ClassifierError("enough")

    answering = Answering(KEPT)
    answering.classify = complain  # type: ignore[method-assign]
    for read in (lambda: read_recipient("mine", answering, STORIES["news", ANN].evidence),
                 lambda: list(read_campaign("mine", ByCampaign(complain), Lazy()))):  # fmt: skip
        with pytest.raises(ClassifierError, match=r"^enough$"):
            read()


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


def test_an_error_of_the_books_is_not_blamed_on_the_classifier_that_reads_them() -> None:
    def damaged() -> Iterator[Evidence]:
        yield STORIES["news", ANN].evidence
        raise OSError("damaged")

    with pytest.raises(OSError, match="damaged"):
        observe("mine", InTwoPasses(), damaged())
    with pytest.raises(OSError, match="damaged"):
        list(read_stream("mine", Streaming(KEPT), damaged()))


def test_what_cannot_go_to_another_process_is_an_error_that_names_the_classifier() -> None:
    class Lazy(InTwoPasses):
        def observe(self, evidence: Iterable[Evidence]) -> Any:
            return (each for each in evidence)

    with pytest.raises(ClassifierError, match="classifier mine failed: TypeError: cannot pickle 'generator' object"):
        observe("mine", Lazy(), [])


def test_an_exception_of_a_classifier_is_an_error_that_names_it() -> None:
    def divide(_: object) -> object:
        return 1 / 0

    with pytest.raises(ClassifierError) as caught:
        read_all("mine", ByCampaign(divide), STORIES)
    assert str(caught.value) == "classifier mine failed: ZeroDivisionError: division by zero"
