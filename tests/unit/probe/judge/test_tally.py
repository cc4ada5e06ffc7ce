"""The tally of a run: however it is split, and in whatever order its parts are merged, the scorecard is the same."""

from __future__ import annotations

import pickle
import random

import pytest
from book_rows import STARTS, attempt, refused, truth
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause, Fate
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Reading
from probe.classify.spec import REPORTED
from probe.judge.classifier_score import Site
from probe.judge.scorecard import AS_THE_LOG_SAYS, NAIVE, Scorecard
from probe.judge.story import JudgedRecipient, Story
from probe.judge.tally import MOST_BY_HOUR_S, Tally
from probe.records.returned import Returned, ReturnedKind

SITES = {"acme": Site("cisco-esa", 20), "beta": Site("exim", 2000)}
NAMES = (REPORTED, NAIVE, "mine")
RETURNED = Returned(
    "acme", 1, 0.0, "news@s.example", "news", "ann@acme.example", "", None, None, None, "", "", "report", ""
)
readings = st.builds(
    Reading,
    st.none() | st.sampled_from(Cause),
    alive=st.none() | st.floats(0, 1),
    wish=st.none() | st.sampled_from(Advice),
)


@st.composite
def judged_recipients(draw: st.DrawFn) -> JudgedRecipient:
    """Return somebody of whom anything may be true, and anything said."""
    campaign, name = draw(st.sampled_from(["news", "offer", ""])), draw(st.text("abc", min_size=1, max_size=3))
    at = draw(st.just(0.0) | st.floats(STARTS, STARTS + 3 * MOST_BY_HOUR_S))
    row = draw(st.sampled_from([attempt(), refused(), refused(code=451), refused(code=None, failure="timed-out")]))
    cause = draw(st.none() | st.sampled_from(Cause))
    decided = truth(
        cause=cause,
        claimed=draw(st.none() | st.sampled_from(Cause)),
        honest=draw(st.booleans()),
        fate=draw(st.sampled_from(Fate)),
    )
    story = Story(
        Evidence(name, (row._replace(at=at, campaign=campaign, recipient=name),)),
        draw(st.none() | st.just(decided)),
        draw(st.sampled_from(MailboxState)),
        draw(st.sampled_from(["acme", "beta", "gamma", ""])),
    )
    return JudgedRecipient((campaign, name), story, draw(st.dictionaries(st.sampled_from(NAMES), readings)))


def card_of(tally: Tally, **head: str) -> Scorecard:
    card = Scorecard("small", 7, "memory", complete=True, **head)  # type: ignore[arg-type]
    return tally.scorecard(card, SITES, ["news"])


@given(st.lists(judged_recipients(), max_size=20), st.integers(1, 5), st.randoms(use_true_random=False))
def test_any_split_and_any_order_of_merging_come_to_the_same(
    recipients: list[JudgedRecipient], number: int, rng: random.Random
) -> None:
    whole = Tally(NAMES, NAIVE)
    for recipient in recipients:
        whole.count(recipient)
    parts = [Tally(NAMES, NAIVE) for _ in range(number)]
    for recipient in rng.sample(recipients, len(recipients)):
        rng.choice(parts).count(recipient)
    merged = Tally(NAMES, NAIVE)
    while parts:
        merged.merge(pickle.loads(pickle.dumps(parts.pop(rng.randrange(len(parts))))))
    assert repr(card_of(merged)) == repr(card_of(whole))


@given(st.lists(st.tuples(st.sampled_from(ReturnedKind), st.booleans()), max_size=9), st.integers(0, 9))
def test_mail_that_came_back_is_merged_as_well(drawn: list[tuple[ReturnedKind, bool]], cut: int) -> None:
    rows = [RETURNED._replace(kind=kind, recipient="ann" if is_joined else "") for kind, is_joined in drawn]
    whole, first, second = (Tally([], NAIVE) for _ in range(3))
    for tally, counted in ((whole, rows), (first, rows[:cut]), (second, rows[cut:])):
        for row in counted:
            tally.count_returned(row)
    first.merge(second)
    score = card_of(first).returned
    assert score == card_of(whole).returned
    assert score.reports == sum(kind is ReturnedKind.REPORT for kind, _ in drawn)
    assert score.unjoined == sum(not is_joined for _, is_joined in drawn)


def recipient(at: float = STARTS, *, campaign: str = "news", reading: Reading | None = None) -> JudgedRecipient:
    row = refused(at=at, campaign=campaign)
    story = Story(Evidence(row.recipient, (row,)), None, MailboxState.PRESENT)
    return JudgedRecipient((campaign, row.recipient), story, {} if reading is None else {NAIVE: reading})


def test_a_tally_does_not_grow_with_the_recipients() -> None:
    def octets(recipients: int) -> int:
        tally = Tally([NAIVE], NAIVE)
        for number in range(recipients):
            one = recipient(reading=Reading(Cause.CONTENT, alive=number / recipients))
            tally.count(one._replace(key=("news", f"person{number}@acme.example")))
        return len(pickle.dumps(tally))

    assert octets(2000) - octets(20) < 100  # only numbers get longer


@pytest.mark.parametrize(
    ("apart_s", "times"),
    [(MOST_BY_HOUR_S, ["2026-03-02T08", "2026-03-04T08"]), (MOST_BY_HOUR_S + 1, ["2026-03-02", "2026-03-04"])],
)
def test_the_whole_run_says_whether_hours_or_days_are_told(apart_s: float, times: list[str]) -> None:
    first, second = Tally([NAIVE], NAIVE), Tally([NAIVE], NAIVE)
    first.count(recipient())
    second.count(recipient(STARTS + apart_s))
    second.merge(first)
    assert list(card_of(second).classifiers[NAIVE].parts["time"]) == times


def test_campaigns_that_are_not_known_follow_by_name() -> None:
    tally = Tally([], NAIVE)
    for campaign in ("zoo", "art", "news"):
        tally.count(recipient(campaign=campaign))
    assert list(card_of(tally).campaigns) == ["news", "art", "zoo"]


def test_the_recipients_are_those_planned_or_else_those_counted() -> None:
    tally = Tally([], NAIVE)
    tally.count(recipient())
    assert card_of(tally).recipients == 1
    planned = Scorecard("small", 7, "memory", complete=False, recipients=9)
    assert tally.scorecard(planned, SITES).recipients == 9


def test_probabilities_are_not_compared_with_what_a_log_says() -> None:
    tally = Tally([NAIVE], NAIVE)
    tally.count(recipient(reading=Reading(None, alive=0.5)))
    assert card_of(tally).classifiers[NAIVE].calibration is not None
    assert card_of(tally, truth_is=AS_THE_LOG_SAYS).classifiers[NAIVE].calibration is None
