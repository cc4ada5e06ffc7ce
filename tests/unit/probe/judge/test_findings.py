"""What is said of gates and baselines, and whom it names."""

from __future__ import annotations

import pytest
from book_rows import attempt

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading
from probe.judge.baseline import Known, Mistakes, mistakes
from probe.judge.compare import advice_of
from probe.judge.findings import Mistaken, of_baseline, of_gates
from probe.judge.gates import Gate
from probe.judge.story import Story

STATES = {"ann": MailboxState.PRESENT, "bob": MailboxState.DEPARTED, "cat": MailboxState.PRESENT}
TOLD = {
    ("news", name): Story(
        Evidence(
            name, (attempt(recipient=name, outcome="refused", code=550, enhanced="5.1.1", text="no\r\nsuch user"),)
        ),
        None,
        state,
    )
    for name, state in STATES.items()
}
GONE = Reading(Cause.USER_UNKNOWN, "no such user", place="rules.toml:12")
SPAM = Reading(Cause.CONTENT, "spam", place="rules.toml:3")
READINGS = {
    "mine": {("news", "ann"): GONE, ("news", "bob"): SPAM, ("news", "cat"): SPAM},
    "mine.new": dict.fromkeys(TOLD, GONE),
}
ANN = Mistaken("news/ann", alive=True, heard="550 5.1.1 no such user", reason="no such user", place="rules.toml:12")
BOB = Mistaken("news/bob", alive=False, heard="550 5.1.1 no such user", reason="spam", place="rules.toml:3")


def gate(name: str, *, passed: bool = False) -> Gate:
    return Gate(name, passed, 1, "<= 0")


@pytest.mark.parametrize(
    ("name", "whom"),
    [
        ("classifiers.mine.wrongly_suppressed", ["news/ann"]),
        ("classifiers.mine.wrongly_suppressed_rate", ["news/ann"]),
        ("classifiers.mine.precision", ["news/ann"]),
        ("classifiers.mine.missed_dead", ["news/bob"]),
        ("classifiers.mine.recall", ["news/bob"]),
        ("classifiers.mine.parts.gateway.acme.missed_dead", ["news/bob"]),
        ("classifiers.mine.new.wrongly_suppressed", ["news/ann", "news/cat"]),
        ("classifiers.mine.new.missed_dead", []),
        ("classifiers.other.missed_dead", []),
        ("hard_bounce_rate", []),
    ],
)
def test_a_gate_on_a_classifier_that_failed_names_whom_it_has_wrong(name: str, whom: list[str]) -> None:
    (finding,) = of_gates([gate(name)], TOLD, READINGS)
    assert [each.who for each in finding.mistaken] == whom


def test_a_recipient_stands_there_with_what_was_heard_why_and_where() -> None:
    gates = [gate("classifiers.mine.wrongly_suppressed"), gate("classifiers.mine.missed_dead")]
    assert [finding.mistaken for finding in of_gates(gates, TOLD, READINGS)] == [(ANN,), (BOB,)]
    assert str(ANN) == "alive, suppressed: news/ann: 550 5.1.1 no such user (no such user)"
    assert str(BOB) == "gone, kept: news/bob: 550 5.1.1 no such user (spam)"


def test_a_gate_that_passed_names_nobody() -> None:
    (finding,) = of_gates([gate("classifiers.mine.missed_dead", passed=True)], TOLD, READINGS)
    assert (finding.passed, finding.mistaken) == (True, ())
    assert (finding.name, finding.sentence) == (
        "classifiers.mine.missed_dead <= 0",
        "classifiers.mine.missed_dead = 1  (bound: <= 0)",
    )


def test_a_baseline_is_held_against_each_classifier_and_kind_and_the_new_are_named() -> None:
    known = Known(1, {"mine": Mistakes((), ("news/bob",)), "gone": Mistakes((), ())})
    now = {name: mistakes(TOLD, advice_of(said)) for name, said in READINGS.items()}
    found = list(of_baseline(known, now, TOLD, READINGS))
    assert [(each.name, each.passed, each.sentence, each.mistaken) for each in found] == [
        ("baseline mine wrongly_suppressed", False, "mine: wrongly suppressed 0 -> 1", (ANN,)),
        ("baseline mine missed_dead", True, "mine: missed dead 1 -> 1", ()),
    ]


def test_a_classifier_that_said_nothing_of_somebody_gone_has_no_reason() -> None:
    (finding,) = of_gates([gate("classifiers.mute.missed_dead")], TOLD, {"mute": {}})
    assert [(each.who, each.reason, each.place) for each in finding.mistaken] == [("news/bob", "", "")]
