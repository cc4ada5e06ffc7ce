"""Stories: the evidence of earlier campaigns, the state of the mailbox, and what classifiers do not see."""

from __future__ import annotations

from book_rows import STARTS, attempt, refused

from fake_gateways.people.directory import MailboxState
from fake_gateways.people.readers import Engagement
from probe.classify.reading import Reading
from probe.classify.registry import BASELINES
from probe.judge.story import build_stories, gathered, judged, name_of, without_lanes
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Diagnosis, Mailbox

ANN = "ann@acme.example"
BOX = {ANN: Mailbox(ANN, "acme", "present", STARTS + 500)}
LATE = Returned(
    "acme", 1, STARTS + 60, "", "news", ANN, "report", "failed", "5.1.1", 550, "unknown", "", "return-path", ""
)


def pairs(*rows: Attempt) -> list[tuple[Attempt, None]]:
    """Return attempts without decisions."""
    return [(row, None) for row in rows]


def test_earlier_campaigns_are_history_and_later_ones_are_not() -> None:
    stories = build_stories(pairs(attempt(), refused(campaign="june", at=STARTS + 1000)), BOX)
    first, second = stories["news", ANN].evidence, stories["june", ANN].evidence
    assert first.before == ()
    assert second.before == (first,)


def test_a_later_campaign_knows_only_what_was_diagnosed_before_it() -> None:
    rows = pairs(refused(), refused(campaign="june", at=STARTS + 1000), refused(campaign="july", at=STARTS + 3000))
    known = {("news", ANN): Diagnosis("acme", "news", ANN, '{"content": 1.0}', 0.9, asked=True, at=STARTS + 2000)}
    stories = build_stories(rows, BOX, diagnoses=known)
    told = [
        each.diagnosis is not None for each in (stories["news", ANN].evidence, *stories["july", ANN].evidence.before)
    ]
    assert told == [True, True, False]
    assert [each.diagnosis for each in stories["june", ANN].evidence.before] == [None]


def test_opens_count_if_they_came_before_the_first_attempt() -> None:
    opened = [Engagement("acme", n, STARTS + at, "opened", ANN, "", "<1@a>") for n, at in enumerate((100, 2000))]
    stories = build_stories(pairs(attempt(), attempt(campaign="june", at=STARTS + 1000)), BOX, (), opened)
    assert stories["news", ANN].evidence.opened == ()
    assert [each.at for each in stories["june", ANN].evidence.opened] == [STARTS + 100]


def test_a_recipient_that_left_between_two_campaigns_is_gone_in_the_second() -> None:
    stories = build_stories(pairs(attempt(), attempt(campaign="june", at=STARTS + 1000)), BOX)
    assert stories["news", ANN].mailbox is MailboxState.PRESENT
    assert stories["june", ANN].mailbox is MailboxState.DEPARTED


def test_a_delivery_report_makes_a_delivery_a_bounce() -> None:
    evidence = build_stories(pairs(attempt()), BOX, [LATE])["news", ANN].evidence
    assert evidence.bounced
    assert evidence.heard == (550, "5.1.1", "unknown")
    assert BASELINES["code"]().classify(evidence).suppress


def test_a_vacation_note_and_a_report_of_delay_leave_it_delivered() -> None:
    notes = [LATE._replace(kind="auto-reply", action=None), LATE._replace(action="delayed", status="4.4.1", code=451)]
    evidence = build_stories(pairs(attempt()), BOX, notes)["news", ANN].evidence
    assert not evidence.bounced
    assert not BASELINES["code"]().classify(evidence).suppress


def test_classifiers_do_not_see_the_names_of_gateways() -> None:
    rows = pairs(attempt(lane="liar"), refused(lane="liar", campaign="june", at=STARTS + 1000))
    stories = build_stories(rows, {}, [LATE._replace(lane="liar")])
    assert "liar" in repr(stories)
    assert "liar" not in repr(without_lanes(stories))


def test_where_no_campaign_is_known_the_recipient_is_the_name() -> None:
    assert (name_of(("news", ANN)), name_of(("", ANN))) == (f"news/{ANN}", ANN)


def test_a_small_run_is_gathered_from_its_stream_as_it_was() -> None:
    stories = build_stories(pairs(attempt(), attempt(campaign="june", at=STARTS + 1000)), BOX)
    readings = {"mine": {("news", ANN): Reading(None)}, "code": dict.fromkeys(stories, Reading(None, "delivered"))}
    streamed = list(judged(stories, readings))
    assert [sorted(each.readings) for each in streamed] == [["code", "mine"], ["code"]]
    assert gathered(streamed) == (stories, readings)
