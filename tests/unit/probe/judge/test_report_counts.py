"""What the report shows besides the scorecard: the same for every order and every partition of a campaign."""

from __future__ import annotations

import pickle
from random import Random

import pytest
from book_rows import STARTS
from hypothesis import given
from hypothesis import strategies as st
from report_content import Person, counts, gone, judged, kept, lied, story

from fake_gateways.truth import Cause
from probe.classify.reading import Reading
from probe.judge import report_counts as module
from probe.judge.onset import SHOWN
from probe.judge.outcome import RecipientOutcome
from probe.judge.report_counts import LIST_ALL_UP_TO, RecipientKind, ReportCounts, true_words
from probe.judge.story import JudgedRecipient

NAMES = ("code", "text", "always-keep", "rules")


def counted(recipients: list[JudgedRecipient]) -> ReportCounts:
    """Count recipients."""
    found = ReportCounts(NAMES, "code")
    for each in recipients:
        found.count(each)
    return found


def shown(found: ReportCounts, most: int = 20) -> object:
    """Return everything that the report takes from the counts."""
    return (
        *(list(found.paths.items()), found.onsets, found.is_everybody, found.of_interest, found.outcomes),
        *(list(found.listed(most)), found.living, found.living_suppressed),
    )


CASTS = st.lists(
    st.tuples(
        st.sampled_from([gone, lied, kept, Person]), st.sampled_from(["acme", "beta"]), st.integers(0, 600).map(float)
    ),
    max_size=60,
)


@given(CASTS, st.randoms(use_true_random=False), st.integers(0, 60))
def test_neither_order_nor_parts_change_anything(
    cast: list[tuple[object, str, float]], chance: Random, part: int
) -> None:
    people = [
        make(f"p{number}", at=STARTS + at, gateway=gateway)  # type: ignore[operator]
        for number, (make, gateway, at) in enumerate(cast)
    ]
    recipients = judged(people)
    whole = counted(recipients)
    chance.shuffle(recipients)
    merged = counted(recipients[:part])
    merged.merge(pickle.loads(pickle.dumps(counted(recipients[part:]))))
    assert shown(merged) == shown(whole)
    merged.end_of_lane()
    assert shown(merged) == shown(whole)


def test_lanes_that_end_apart_come_to_the_same_as_together() -> None:
    lanes = [
        judged([lied(f"p{n}", STARTS + n, gateway=f"g{lane}") for n in range(lane + 1)]) for lane in range(SHOWN + 4)
    ]
    together = counted([each for lane in lanes for each in lane])
    apart = ReportCounts(NAMES, "code")
    for lane in lanes:
        part = counted(lane)
        part.end_of_lane()
        apart.merge(part)
    assert shown(apart) == shown(together)
    assert [each.place.gateway for each in apart.onsets] == [f"g{lane}" for lane in range(SHOWN + 3, 3, -1)]


@pytest.mark.parametrize("parts", [1, 3])
def test_in_a_large_run_only_those_of_interest_are_kept(parts: int) -> None:
    recipients = judged([*(Person(f"p{n}") for n in range(LIST_ALL_UP_TO)), lied("bob"), gone("cy")])
    found = ReportCounts(NAMES, "code")
    for part in range(parts):
        found.merge(counted(recipients[part::parts]))
    assert [each.key[1] for _, each in found.listed(10)] == ["bob@acme.example", "cy@acme.example"]
    assert (found.of_interest, found.is_everybody) == (2, False)


def test_whom_a_classifier_would_suppress_although_mail_arrived_is_of_interest() -> None:
    people = judged([Person(f"p{n}") for n in range(LIST_ALL_UP_TO + 1)])
    people[7] = people[7]._replace(readings={**people[7].readings, "rules": Reading(Cause.USER_UNKNOWN)})
    found = counted(people)
    assert [(kind, each.key[1]) for kind, each in found.listed(10)] == [
        (RecipientKind(RecipientOutcome.DELIVERED, alive=True, wrong=(3,)), "p7@acme.example")
    ]
    assert [each.key[1] for each in found.living] == ["p7@acme.example"]


def test_a_missing_reading_counts_as_keep() -> None:
    (ann, cy) = (each._replace(readings={}) for each in judged([lied("ann"), gone("cy")]))
    assert [kind for kind, _ in counted([ann, cy]).listed(2)] == [
        RecipientKind(RecipientOutcome.KEPT, alive=True, wrong=()),
        RecipientKind(RecipientOutcome.MISSED, alive=False, wrong=(0, 1, 2, 3)),
    ]


def test_earlier_campaigns_and_other_classifiers_are_not_kept() -> None:
    (first, second) = judged([lied("bob"), lied("bob", STARTS + 9)._replace(campaign="june")])
    evidence = second.story.evidence
    before = type(evidence)(evidence.recipient, evidence.attempts, before=(first.story.evidence,))
    second = second._replace(story=second.story._replace(evidence=before))
    found = ReportCounts(["rules"], "code")
    found.count(second)
    ((_, kept_story),) = found.listed(1)
    assert kept_story.story.evidence == evidence
    assert list(kept_story.readings) == ["rules"]


def test_a_classifier_that_suppresses_nobody_reports_nobody() -> None:
    assert counts([gone("ann"), lied("bob")], naive="always-keep").outcomes == [
        RecipientOutcome.KEPT,
        RecipientOutcome.MISSED,
    ]


def test_of_the_living_who_find_no_room_the_number_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LIVING", 10)
    found = counts([lied(f"p{n}") for n in range(30)])
    assert (len(found.living), found.living_suppressed) == (10, 30)
    assert {(each.gateway, each.truth) for each in found.living} == {
        ("acme", "alive; velocity, claimed as user-unknown")
    }


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person("ann"), "alive"),
        (gone("bob"), "gone; user-unknown"),
        (lied("cy"), "alive; velocity, claimed as user-unknown"),
    ],
)
def test_what_is_true_is_said_in_few_words(person: Person, words: str) -> None:
    assert true_words(story(person)) == words
