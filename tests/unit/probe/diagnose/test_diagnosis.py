"""A diagnosis asks for experiments until it knows, or until nothing can tell."""

from __future__ import annotations

from itertools import pairwise

import pytest
from diagnosed import TAKEN, diagnosed, waited
from diagnosing import KNOWN, RECIPIENT, REFUSAL, UNKNOWN, pattern, replied

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.bisection import ABOUT_CONTENT
from probe.diagnose.choice import Budget, Stopped
from probe.diagnose.conditions import Conditions, Depth, Recipient, Source
from probe.diagnose.diagnosis import Diagnosis, Observed, diagnose
from probe.diagnose.document import as_document
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.message_parts import Kind, Part
from probe.diagnose.patterns import FIRST, WORDS, Pattern, Patterns


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


def odds(belief: Belief) -> float:
    probability = belief.causes()[Cause.IP_REPUTATION]
    return probability / (1 - probability)


def test_the_step_that_raises_the_odds_of_a_cause_most_speaks_for_it() -> None:
    found = diagnosed(lambda name: TAKEN if name == "neighbour" else REFUSAL)
    spoke = found.spoke_for(Cause.IP_REPUTATION)
    raised = [odds(step.belief) / odds(step.before) for step in spoke]
    assert len(raised) > 1
    assert raised == sorted(raised, reverse=True)
    assert spoke[0].experiment.name == "neighbour"
    assert found.spoke_for(Cause.SYSTEM) == []


def test_where_one_was_taken_a_random_one_is_asked_in_the_same_way() -> None:
    listed = (
        pattern(Cause.IP_REPUTATION, alive=True, neighbour="taken at rcpt", random_likewise=UNKNOWN),
        pattern(Cause.IP_REPUTATION, alive=False, neighbour="taken at rcpt", random_likewise="taken at rcpt"),
        pattern(Cause.SYSTEM, alive=True, neighbour=UNKNOWN),
    )
    asking = diagnose(RECIPIENT, Observed(REFUSAL, 0.0), {"neighbour", "random"}, Patterns(listed), Budget())
    assert next(asking).name == "neighbour"
    asked = asking.send(Observed(TAKEN, 60.0))
    assert asked.conditions == Conditions(recipient=Recipient.RANDOM, source=Source.NEIGHBOUR)
    with pytest.raises(StopIteration) as ended:
        asking.send(Observed(replied(550, "5.1.1", "No such person"), 120.0))
    assert ended.value.value.belief.alive > 0.98


def test_after_a_reply_that_speaks_of_a_block_the_next_experiment_waits() -> None:
    blocked = replied(450, "4.7.1", "Too many messages, try again in 30 minutes")
    found = diagnosed(lambda _: blocked)
    assert len(found.steps) > 1
    assert found.steps[0].experiment.conditions.wait_s < 1800.0
    assert all(step.experiment.conditions.wait_s >= 1800.0 for step in found.steps[1:])


# Refused for its content, and for the size.
CONTENT = Patterns(
    (
        Pattern(
            Hypothesis(Cause.CONTENT, alive=True),
            Depth.CONTENT,
            {
                FIRST: "refused at content",
                WORDS: "policy",
                "without-links": "taken at content",
                "without-attachments": "alike",
            },
        ),
        Pattern(
            Hypothesis(Cause.TOO_LARGE, alive=True),
            Depth.CONTENT,
            {
                FIRST: "refused at content",
                WORDS: "policy",
                "without-links": "alike",
                "without-attachments": "taken at content",
            },
        ),
    )
)
LINKS = tuple(Part(Kind.LINK, f"https://{number}.example", ()) for number in range(5))


def disliked_by(number: int, budget: Budget) -> Diagnosis:
    """Diagnose a recipient whose gateway refuses a message with one link of five."""
    refusal = replied(554, "5.7.1", "Refused", Stage.END_OF_DATA)
    means = {"links", "attachments"}
    asking = diagnose(RECIPIENT, Observed(refusal, 0.0), means, CONTENT, budget, parts=LINKS)
    try:
        experiment = next(asking)
        while True:
            fine = experiment.name == "without-links" or number in experiment.conditions.without
            reply = replied(250, "2.0.0", "ok", Stage.END_OF_DATA) if fine else refusal
            experiment = asking.send(Observed(reply, 60.0))
    except StopIteration as ended:
        found: Diagnosis = ended.value
        return found


def test_the_part_of_the_message_that_is_disliked_is_found() -> None:
    for number, link in enumerate(LINKS):
        found = disliked_by(number, Budget())
        assert (found.cause, found.disliked) == (Cause.CONTENT, (link,))
        assert sum(step.experiment.name == "without-parts" for step in found.steps) <= 5
        assert as_document(found)["disliked"] == [{"kind": "link", "text": link.text}]


def test_without_budget_the_part_is_not_looked_for() -> None:
    found = disliked_by(1, Budget(experiments=2))
    assert (found.cause, found.disliked) == (Cause.CONTENT, ())
    assert disliked_by(1, Budget(cost=12.0)).disliked == ()


def test_a_subject_that_is_disliked_holds_no_malware() -> None:
    shows = {FIRST: "refused at content", WORDS: "policy", "neutral-content": "taken at content"}
    alike = Patterns(tuple(Pattern(Hypothesis(cause, alive=True), Depth.CONTENT, shows) for cause in ABOUT_CONTENT))
    parts = (Part(Kind.SUBJECT, "Offer", ()), Part(Kind.PARAGRAPH, "Hello", ()))
    refusal = replied(554, "5.7.1", "Refused", Stage.END_OF_DATA)
    asking = diagnose(RECIPIENT, Observed(refusal, 0.0), set(), alike, Budget(), parts=parts)
    try:
        experiment = next(asking)
        while True:
            fine = experiment.name == "neutral-content" or 0 in experiment.conditions.without
            reply = replied(250, "2.0.0", "ok", Stage.END_OF_DATA) if fine else refusal
            experiment = asking.send(Observed(reply, 60.0))
    except StopIteration as ended:
        found: Diagnosis = ended.value
    assert found.disliked == parts[:1]
    assert (found.cause, found.stopped) == (Cause.CONTENT, Stopped.DECIDED)


def test_what_was_deferred_is_asked_again_when_a_greylist_would_take_it() -> None:
    deferral = replied(450, "4.7.1", "Please wait")
    asking = diagnose(RECIPIENT, Observed(REFUSAL, 0.0), {"control"}, KNOWN, Budget())
    first = next(asking)
    assert first.name == "control"
    again = asking.send(Observed(deferral, 60.0))
    while again.name != "control":
        again = asking.send(Observed(REFUSAL, 120.0))
    assert again.conditions.wait_s == 1200.0
