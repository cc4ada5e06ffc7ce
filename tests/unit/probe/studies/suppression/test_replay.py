"""Policies on four campaigns to five people, every figure worked out by hand.

The campaigns are 10 days apart. The people, and the results of their messages (h hard bounce, s soft bounce, d
delivered; a capital where the mailbox is gone):

======  ==========================================  ===== ===== ==== =====
person  is                                          march april may  june
======  ==========================================  ===== ===== ==== =====
ann     alive, lied to in april                     d     h     d    d
bob     gone from the start                         H     H     H    H
cat     leaves after april                          d     d     H    H
dan     alive, full all the time                    s     s     s    s
eve     alive, lied to in march and april           h     h     d    d
======  ==========================================  ===== ===== ==== =====

So 14 messages go to the living (ann 4, cat 2, dan 4, eve 4) and 6 to the gone (bob 4, cat 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import pytest
from book_rows import STARTS, attempt, refused

from fake_gateways.people.readers import Engagement
from fake_gateways.truth import Cause
from probe.classify.by_code import ByCode
from probe.classify.evidence import Evidence
from probe.classify.reading import ChosenClassifier, Reading
from probe.classify.registry import choose
from probe.input_error import InputError
from probe.judge.interval import interval, share
from probe.judge.story import Key, Story, build_stories
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Diagnosis, Mailbox
from probe.studies.suppression.policies import DAY_S, NEVER, POLICIES, PastMessage, Policy
from probe.studies.suppression.replay import MessageErrors, PolicyOutcome, Replay, try_out

CAMPAIGNS = ("march", "april", "may", "june")
HEARD = {"ann": "dhdd", "bob": "hhhh", "cat": "ddhh", "dan": "ssss", "eve": "hhdd"}
STATES = {"bob": ("departed", None), "cat": ("present", STARTS + 15 * DAY_S), "dan": ("full", None)}


def box(name: str) -> Mailbox:
    """Return a person's mailbox."""
    return Mailbox(f"{name}@acme.example", "acme", *STATES.get(name, ("present", None)))


def row(name: str, campaign: int, word: str, **columns: Any) -> Attempt:
    """Return an attempt with a result."""
    given = {
        "campaign": CAMPAIGNS[campaign],
        "at": STARTS + campaign * 10 * DAY_S,
        "recipient": f"{name}@acme.example",
        "message_id": f"<{name}.{campaign}@a>",
        **columns,
    }
    match word:
        case "h":
            return refused(enhanced="5.1.1", **given)
        case "s":
            return refused(code=452, enhanced="4.2.2", **given)
    return attempt(**given)


def stories(heard: Mapping[str, str] = HEARD) -> dict[Key, Story]:
    """Return the stories of the table above."""
    rows = [(row(name, n, word), None) for n in range(4) for name, words in heard.items() for word in words[n : n + 1]]
    return build_stories(rows, {box(name).address: box(name) for name in heard})


def replayed(name: str, heard: Mapping[str, str] = HEARD) -> PolicyOutcome:
    """Return what a policy comes to by the codes."""
    return Replay(stories(heard), "code", ByCode()).of(name, POLICIES[name])


@pytest.mark.parametrize(
    ("policy", "lost", "delivered", "dead", "losers"),
    [
        ("never", 0, 0, 6, 0),
        # ann misses may and june, eve april (refused anyway), may and june; bob gets march, cat may.
        ("first-hard", 5, 4, 2, 2),
        # Alike: the refusals of the classifier and of the codes are the same.
        ("classifier-gated", 5, 4, 2, 2),
        # eve misses may and june; bob gets march and april, cat may and june.
        ("second-hard", 2, 2, 4, 1),
        # Campaigns lie further apart than the grey list lasts, so it does what the second bounce does.
        ("grey-7-days", 2, 2, 4, 1),
        # bob gets three; no other bounces hard three times.
        ("three-hard", 0, 0, 5, 0),
        # bob gets three, over 20 days; so does dan, who misses june (refused anyway). A delivery saves ann and eve.
        ("three-in-a-row", 1, 0, 5, 1),
    ],
)
def test_every_figure_is_the_one_worked_out_by_hand(
    policy: str, lost: int, delivered: int, dead: int, losers: int
) -> None:
    outcome = replayed(policy)
    assert outcome.total == MessageErrors(
        14, wrongly_suppressed=lost, gone=6, missed_dead=dead, lost_delivered=delivered
    )
    assert outcome.losers == losers
    assert outcome.total.wrongly_suppressed_rate == share(lost, 14)
    assert outcome.total.missed_dead_interval == interval(dead, 6)


def test_what_is_lost_is_told_by_campaign_in_the_order_they_began() -> None:
    outcome = replayed("first-hard")
    assert list(outcome.campaigns) == list(CAMPAIGNS)
    assert list(outcome.campaigns.values()) == [
        MessageErrors(4, wrongly_suppressed=0, gone=1, missed_dead=1, lost_delivered=0),
        MessageErrors(4, wrongly_suppressed=1, gone=1, missed_dead=0, lost_delivered=0),
        MessageErrors(3, wrongly_suppressed=2, gone=2, missed_dead=1, lost_delivered=2),
        MessageErrors(3, wrongly_suppressed=2, gone=2, missed_dead=0, lost_delivered=2),
    ]


def test_a_grey_list_releases_in_time_for_a_later_campaign() -> None:
    rows = [(row("ann", 0, "h"), None), (row("ann", 1, "h", at=STARTS + 2 * DAY_S), None), (row("ann", 2, "d"), None)]
    outcome = Replay(build_stories(rows, {}), "code", ByCode()).of("grey-7-days", POLICIES["grey-7-days"])
    # The second refusal fell into the grey days and was never sent, so the third message goes out.
    assert [part.missed_dead for part in outcome.campaigns.values()] == [1, 0, 1]
    second = Replay(build_stories(rows, {}), "code", ByCode()).of("second-hard", POLICIES["second-hard"])
    assert [part.missed_dead for part in second.campaigns.values()] == [1, 1, 0]


def test_a_bounce_counts_from_when_it_came_home_and_not_from_when_the_message_was_taken() -> None:
    late = Returned(
        "acme",
        1,
        STARTS + 15 * DAY_S,
        "",
        "march",
        "ann@acme.example",
        "report",
        "failed",
        "5.1.1",
        550,
        "",
        "",
        "",
        "",
    )
    rows = [(row("ann", n, "d"), None) for n in range(3)]
    outcome = Replay(build_stories(rows, {}, [late]), "code", ByCode()).of("first-hard", POLICIES["first-hard"])
    assert [part.missed_dead for part in outcome.campaigns.values()] == [1, 1, 0]


def test_retests_are_counted_of_what_a_policy_sends() -> None:
    rows = [
        (row("ann", n, "h", number=k, at=STARTS + (n * 10 + (k - 1) * 7) * DAY_S), None) for n in (0, 1) for k in (1, 2)
    ]
    replay = Replay(build_stories(rows, {}), "code", ByCode())
    assert [part.retests for part in replay.of(NEVER, POLICIES[NEVER]).campaigns.values()] == [1, 1]
    assert [part.retests for part in replay.of("first-hard", POLICIES["first-hard"]).campaigns.values()] == [1, 0]


def test_an_address_is_the_same_in_capitals() -> None:
    rows = [(row("ann", 0, "h"), None), (row("ann", 1, "h", recipient="ANN@acme.example"), None)]
    outcome = Replay(build_stories(rows, {}), "code", ByCode()).of("first-hard", POLICIES["first-hard"])
    assert outcome.total.missed_dead == 1


class Historian:
    """Suppresses recipients that bounced before as well."""

    def classify(self, evidence: Evidence) -> Reading:
        before = any(each.bounced for each in evidence.before)
        return Reading(Cause.USER_UNKNOWN if evidence.bounced and before else None)


class Census:
    """Reads a campaign together: suppresses all that bounce in a campaign that went to fewer than five."""

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> dict[str, Reading]:
        few = len(campaign) < 5
        return {name: Reading(Cause.USER_UNKNOWN if few and each.bounced else None) for name, each in campaign.items()}


def skipping(campaign: int) -> Policy:
    """Return a policy that sends nothing in one campaign, and suppresses what the classifier wants suppressed."""

    def policy(past: tuple[PastMessage, ...], at: float, /) -> bool:
        return at == STARTS + campaign * 10 * DAY_S or any(each.reading.suppress for each in past)

    return policy


def test_a_classifier_knows_nothing_of_messages_that_the_policy_did_not_send() -> None:
    heard = {"bob": "hhhh"}
    at_once = Replay(stories(heard), "historian", Historian()).of("gated", POLICIES["classifier-gated"])
    assert [part.missed_dead for part in at_once.campaigns.values()] == [1, 1, 0, 0]
    # Without april, may is the second bounce in the history.
    later = Replay(stories(heard), "historian", Historian()).of("skipping", skipping(1))
    assert [part.missed_dead for part in later.campaigns.values()] == [1, 0, 1, 0]
    # Without march, april is the first.
    later = Replay(stories(heard), "historian", Historian()).of("skipping", skipping(0))
    assert [part.missed_dead for part in later.campaigns.values()] == [0, 1, 1, 0]


def test_a_classifier_of_whole_campaigns_sees_only_those_who_were_mailed() -> None:
    # With all five mailed it suppresses none.
    assert Replay(stories(), "census", Census()).of("gated", POLICIES["classifier-gated"]).total.missed_dead == 6

    def content_with_one(past: tuple[PastMessage, ...], at: float, /) -> bool:
        return any(each.reading.suppress or not each.bounced for each in past)

    # Whoever got march is dropped: april goes to bob, dan and eve, all bounce and are suppressed for may.
    outcome = Replay(stories(), "census", Census()).of("content", content_with_one)
    assert [(part.wrongly_suppressed, part.missed_dead) for part in outcome.campaigns.values()] == [
        (0, 1),
        (2, 1),
        (3, 0),
        (3, 0),
    ]


def test_what_was_opened_of_a_message_that_was_not_sent_is_not_known_either() -> None:
    seen: list[tuple[str, int]] = []

    class Curious:
        def classify(self, evidence: Evidence) -> Reading:
            seen.append((evidence.last.campaign, len(evidence.opened)))
            return Reading(None)

    opened = [
        Engagement("acme", n, STARTS + n * 10 * DAY_S + 60, "opened", "ann@acme.example", "", f"<ann.{n}@a>")
        for n in range(3)
    ]
    rows = [(row("ann", n, "d"), None) for n in range(4)]
    replay = Replay(build_stories(rows, {}, (), opened), "curious", Curious())
    assert seen == [("march", 0), ("april", 1), ("may", 2), ("june", 3)]
    seen.clear()
    replay.of("skipping", skipping(1))
    assert seen == [("may", 1), ("june", 2)]


def test_each_classifier_tries_its_usual_policies_and_never_is_tried_once() -> None:
    outcomes = try_out(stories(), choose(["code", "text"]), None)
    names = [(each.policy, each.classifier) for each in outcomes]
    assert len(names) == len(set(names)) == 11
    assert [name for name in names if name[0] == NEVER] == [("never", "code")]
    assert ("classifier-gated", "text") in names
    assert ("first-hard", "code") in names


def test_a_policy_that_fails_or_does_not_answer_is_told_by_its_name() -> None:
    def failing(past: tuple[PastMessage, ...], at: float, /) -> bool:
        raise KeyError(at)

    def silent(past: tuple[PastMessage, ...], at: float, /) -> Any:
        return None

    reader = [ChosenClassifier("code", lambda: nullcontext(ByCode()))]
    with pytest.raises(InputError, match=r"^--policy mine: failed \(KeyError: .*\); correct it$"):
        try_out(stories(), reader, {"mine": failing})
    with pytest.raises(InputError, match=r"^--policy mine: answered None; let it return True for an address"):
        try_out(stories(), reader, {"mine": silent})


@pytest.mark.parametrize(("after_days", "suppressed"), [(5, 1), (15, 0)])
def test_a_diagnosis_counts_only_for_the_messages_after_it(after_days: int, suppressed: int) -> None:
    rows = [(refused(campaign=name, at=STARTS + place * 10 * DAY_S), None) for place, name in enumerate(("one", "two"))]
    known = Diagnosis(
        "acme", "one", "ann@acme.example", '{"user-unknown": 1.0}', 0.0, asked=True, at=STARTS + after_days * DAY_S
    )
    stories = build_stories(rows, {}, diagnoses={("one", "ann@acme.example"): known})
    replay = Replay(stories, "diagnosed", ByDiagnosis())
    outcome = replay.of("classifier-gated", POLICIES["classifier-gated"])
    assert outcome.campaigns["two"].missed_dead == 1 - suppressed


class ByDiagnosis:
    """Suppresses whom experiments have shown to be gone."""

    def classify(self, evidence: Evidence) -> Reading:
        """Return a reading by the diagnosis alone."""
        diagnosis = evidence.diagnosis
        return Reading(Cause.USER_UNKNOWN if diagnosis is not None and diagnosis.alive < 0.5 else None)
