"""Findings about gates and baselines, and the recipients they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from book_rows import attempt
from tallied import tallied

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Reading
from probe.judge.baseline import KnownMistakes, MistakenRecipients
from probe.judge.findings import Finding, NamedRecipient, find
from probe.judge.gates import Gate
from probe.judge.story import JudgedRecipient, Key, Story, judged

STATES = {
    "ann": MailboxState.PRESENT,
    "bob": MailboxState.DEPARTED,
    "cat": MailboxState.PRESENT,
    "dan": MailboxState.PRESENT,
}
STORIES = {
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
RETEST = Reading(None, "unsure", wish=Advice.RETEST)
READINGS = {
    "mine": {("news", "ann"): GONE, ("news", "bob"): SPAM, ("news", "cat"): SPAM, ("news", "dan"): RETEST},
    "mine.new": dict.fromkeys(STORIES, GONE),
}
HEARD = "550 5.1.1 no such user"
ANN = NamedRecipient(
    "news/ann",
    alive=True,
    advice=Advice.SUPPRESS,
    heard=HEARD,
    reason="no such user",
    place="rules.toml:12",
    kind="alive, refused for unknown",
)
BOB = NamedRecipient(
    "news/bob",
    alive=False,
    advice=Advice.KEEP,
    heard=HEARD,
    reason="spam",
    place="rules.toml:3",
    kind="gone, refused for unknown",
)


def findings(
    *gates: Gate, known: KnownMistakes | None = None, readings: Mapping[str, Mapping[Key, Reading]] = READINGS
) -> list[Finding]:
    """Return the findings of this run."""
    scores = tallied(STORIES, readings).classifiers
    return find(gates, scores, lambda: judged(STORIES, readings), known)


def gate(name: str, *, passed: bool = False) -> Gate:
    return Gate(name, passed, 1, "<= 0")


@pytest.mark.parametrize(
    ("name", "recipients"),
    [
        ("classifiers.mine.wrongly_suppressed", ["news/ann"]),
        ("classifiers.mine.wrongly_suppressed_rate", ["news/ann"]),
        ("classifiers.mine.precision", ["news/ann"]),
        ("classifiers.mine.cost.living", ["news/ann"]),
        ("classifiers.mine.missed_dead", ["news/bob"]),
        ("classifiers.mine.missed_dead_rate", ["news/bob"]),
        ("classifiers.mine.rightly_suppressed", ["news/bob"]),
        ("classifiers.mine.recall", ["news/bob"]),
        ("classifiers.mine.cost.dead", ["news/bob"]),
        ("classifiers.mine.cost.reputation", ["news/bob"]),
        ("classifiers.mine.f1", ["news/ann", "news/bob"]),
        ("classifiers.mine.cost.total", ["news/ann", "news/bob"]),
        ("classifiers.mine.retested", ["news/dan"]),
        ("classifiers.mine.causes.unknown.recall", ["news/ann", "news/bob", "news/cat", "news/dan"]),
        ("classifiers.mine.causes.content.hits", []),
        ("classifiers.mine.causes.content.precision", ["news/bob", "news/cat"]),
        ("classifiers.mine.causes.content.seen", ["news/bob", "news/cat"]),
        ("classifiers.mine.causes.user-unknown.f1", ["news/ann"]),
        ("classifiers.mine.faults.recipient.precision", ["news/ann"]),
        ("classifiers.mine.new.wrongly_suppressed", ["news/ann", "news/cat", "news/dan"]),
        ("classifiers.mine.new.rightly_suppressed", []),
        ("classifiers.other.missed_dead", []),
        ("hard_bounce_rate", []),
    ],
)
def test_a_gate_on_a_classifier_that_failed_names_the_recipients_it_is_about(name: str, recipients: list[str]) -> None:
    (finding,) = findings(gate(name))
    assert [each.who for each in finding.recipients] == recipients


def test_a_recipient_is_named_with_its_reply_and_the_rule_that_decided() -> None:
    gates = [gate("classifiers.mine.wrongly_suppressed"), gate("classifiers.mine.missed_dead")]
    assert [finding.recipients for finding in findings(*gates)] == [(ANN,), (BOB,)]
    assert str(ANN) == "alive, suppressed: news/ann: 550 5.1.1 no such user (no such user)"
    assert str(BOB) == "gone, kept: news/bob: 550 5.1.1 no such user (spam)"


def test_a_gate_that_passed_names_no_recipient() -> None:
    (finding,) = findings(gate("classifiers.mine.missed_dead", passed=True))
    assert (finding.passed, finding.recipients) == (True, ())
    assert (finding.name, finding.sentence) == (
        "classifiers.mine.missed_dead <= 0",
        "classifiers.mine.missed_dead = 1  (bound: <= 0)",
    )


def test_each_classifier_and_kind_is_compared_with_the_baseline_and_new_mistakes_are_named() -> None:
    known = KnownMistakes(1, {"mine": MistakenRecipients((), ("news/bob",)), "gone": MistakenRecipients((), ())})
    assert [(each.name, each.passed, each.sentence, each.recipients) for each in findings(known=known)] == [
        ("baseline mine wrongly_suppressed", False, "mine: wrongly suppressed 0 -> 1", (ANN,)),
        ("baseline mine missed_dead", True, "mine: missed dead 1 -> 1", ()),
    ]


def test_a_missing_reading_counts_as_keep_without_a_reason() -> None:
    (finding,) = findings(gate("classifiers.mute.missed_dead"), readings={"mute": {}})
    assert [(each.who, each.reason, each.place) for each in finding.recipients] == [("news/bob", "", "")]


def test_a_finding_says_first_what_happened_to_how_many_and_names_five() -> None:
    """The rule that used to decide is told if it is another one."""
    recipients = tuple(
        NamedRecipient(
            f"news/{number}",
            alive=True,
            advice=Advice.SUPPRESS,
            heard=HEARD,
            reason=f"rule {rule} (r.toml:{rule}): user-unknown by x",
            place=f"r.toml:{rule}",
            kind="alive at strict, refused for content",
            before="rule 3 (r.toml:3)",
        )
        for number, rule in enumerate([4, 4, 4, 4, 3, 4, 4])
    )
    lines = Finding("name", passed=False, sentence="", recipients=recipients).lines()
    assert lines[:3] == [
        "6 alive at strict, refused for content, suppressed by rule 4 (r.toml:4); before, rule 3 (r.toml:3) decided",
        "1 alive at strict, refused for content, suppressed by rule 3 (r.toml:3)",
        "alive, suppressed: news/0: 550 5.1.1 no such user (rule 4 (r.toml:4))",
    ]
    assert (len(lines), lines[-1]) == (8, "and 2 more")


def test_a_finding_without_recipients_has_no_lines_and_many_kinds_are_counted() -> None:
    assert Finding("name", passed=True, sentence="").lines() == []
    kinds = tuple(NamedRecipient(kind, True, Advice.KEEP, "", "", "", kind) for kind in "abcde")  # noqa: FBT003
    assert Finding("name", passed=False, sentence="", recipients=kinds).lines()[3] == "and 2 more kinds"


def test_a_new_mistake_names_the_rule_that_decided_in_the_baseline() -> None:
    known = KnownMistakes(
        1, {"mine": MistakenRecipients((), ())}, {"mine": {"alive, refused for unknown": "rule 9 (rules.toml:40)"}}
    )
    wrong, _ = findings(known=known)
    assert [each.before for each in wrong.recipients] == ["rule 9 (rules.toml:40)"]


def test_new_mistakes_are_those_that_the_baseline_does_not_have() -> None:
    known = KnownMistakes(1, {"mine.new": MistakenRecipients(("news/ann", "news/eve"), ())})
    wrong, missed = findings(known=known)
    assert (wrong.sentence, missed.passed) == ("mine.new: wrongly suppressed 2 -> 3", True)
    assert [each.who for each in wrong.recipients] == ["news/cat", "news/dan"]


@pytest.mark.parametrize(
    ("gates", "before", "reads"),
    [
        ([gate("classifiers.mine.missed_dead", passed=True), gate("hard_bounce_rate")], ("news/ann",), 0),
        ([gate("classifiers.mine.missed_dead"), gate("classifiers.mine.f1")], (), 1),
        ([gate("classifiers.mine.missed_dead", passed=True)], (), 1),
    ],
)
def test_recipients_are_read_again_only_after_a_failure_and_once_for_all(
    gates: list[Gate], before: tuple[str, ...], reads: int
) -> None:
    asked = []

    def recipients() -> Iterable[JudgedRecipient]:
        asked.append(1)
        return judged(STORIES, READINGS)

    known = KnownMistakes(1, {"mine": MistakenRecipients(before, ("news/bob",))})
    find(gates, tallied(STORIES, READINGS).classifiers, recipients, known)
    assert len(asked) == reads
