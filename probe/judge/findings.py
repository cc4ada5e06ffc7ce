"""Findings: the result of each gate and each baseline entry, and the recipients that a figure is about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from probe.classify.reading import Advice, Reading
from probe.judge.baseline import KINDS, KnownMistakes
from probe.judge.class_scores import fault_of
from probe.judge.classifier_score import ClassifierScore, class_seen, true_class
from probe.judge.compare import heard
from probe.judge.errors import is_error
from probe.judge.gates import Gate, figure_text
from probe.judge.kinds import kind_of, ranked, rule_in
from probe.judge.scorecard import naive_of
from probe.judge.story import JudgedRecipient, Story, name_of

Condition = Callable[[JudgedRecipient], bool]
"""Whether a figure is about a recipient."""


class Concerned(NamedTuple):
    """The recipients that a figure of the scorecard is about, and what they have in common.

    ``description`` follows "is" or "are", such as ``gone, and kept by code``.
    """

    description: str
    is_about: Condition


@dataclass(frozen=True, slots=True)
class NamedRecipient:
    """A recipient behind a finding: its last reply, what the classifier advised, and why.

    ``who`` is ``campaign/recipient``; ``place`` is the rule that decided, as ``FILE:LINE``. ``kind`` says what happened
    to it (see kinds.py), ``before`` names the rule that decided about this kind when the baseline was written.
    """

    who: str
    alive: bool
    advice: Advice
    heard: str
    reason: str
    place: str
    kind: str = ""
    before: str = ""

    def __str__(self) -> str:
        state = "alive" if self.alive else "gone"
        return f"{state}, {_ADVISED[self.advice]}: {self.who}: {self.heard} ({rule_in(self.reason) or self.reason})"


NAMED: Final = 5
"""The most recipients of a finding that are named."""
KINDS_SHOWN: Final = 3
"""The most kinds of recipients of a finding that are described."""
_ADVISED: Final = {Advice.SUPPRESS: "suppressed", Advice.KEEP: "kept", Advice.RETEST: "kept"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a gate, or of one kind of mistake compared with the baseline.

    ``name`` is the same in every run; ``sentence`` adds the figure. ``recipients`` are those the failure is about.
    """

    name: str
    passed: bool
    sentence: str
    recipients: tuple[NamedRecipient, ...] = ()

    def lines(self) -> list[str]:
        """Return one line for each kind of recipients, the most frequent first, then the first recipients by name."""
        kinds = [f"{count:,} {kind}" for kind, count in ranked(map(_of_kind, self.recipients))]
        named = [str(each) for each in self.recipients]
        return [*_first(KINDS_SHOWN, kinds, "more kinds"), *_first(NAMED, named, "more")]


def _first(most: int, lines: Sequence[str], more: str) -> list[str]:
    left = len(lines) - most
    return [*lines[:most], f"and {left:,} {more}"] if left > 0 else [*lines]


def _of_kind(each: NamedRecipient) -> str:
    rule = rule_in(each.reason)
    now = f"{_ADVISED[each.advice]} by {rule}" if rule else _ADVISED[each.advice]
    return f"{each.kind}, {now}{f'; before, {each.before} decided' if each.before not in ('', rule) else ''}"


class _Question(NamedTuple):
    """A finding whose recipients are still to be named: those that ``is_about`` holds for, if there is any.

    ``rules`` name the rule that decided about each kind of recipients when the baseline was written.
    """

    finding: Finding
    classifier: str = ""
    is_about: Condition | None = None
    rules: Mapping[str, str] = {}


def find(
    gates: Iterable[Gate],
    scores: Mapping[str, ClassifierScore],
    recipients: Callable[[], Iterable[JudgedRecipient]],
    known: KnownMistakes | None = None,
) -> list[Finding]:
    """Return a finding for each gate, then for each classifier and kind of mistake in the baseline.

    A failed gate on a classifier names the recipients it is about, a worsening the new mistakes. Only then
    ``recipients`` is called, and once for all.
    """
    questions = [*_of_gates(gates, scores), *([] if known is None else _of_baseline(known, scores))]
    named: list[list[NamedRecipient]] = [[] for _ in questions]
    if any(each.is_about for each in questions):
        for recipient in recipients():
            for each, found in zip(questions, named, strict=True):
                if each.is_about is not None and each.is_about(recipient):
                    found.append(_named(recipient, each.classifier, each.rules))
    return [
        replace(each.finding, recipients=tuple(sorted(found, key=lambda one: one.who)))
        for each, found in zip(questions, named, strict=True)
    ]


def _of_gates(gates: Iterable[Gate], classifiers: Collection[str]) -> Iterator[_Question]:
    for gate in gates:
        name = f"{gate.name} {gate.bound}"
        sentence = f"{gate.name} = {figure_text(gate.name, gate.value)}  (bound: {gate.bound})"
        finding = Finding(name, gate.passed, sentence)
        classifier, _ = _of_classifier(gate.name, classifiers)
        if classifier is None or gate.passed:
            yield _Question(finding)
        else:
            yield _Question(finding, classifier, concerned(gate.name, classifiers).is_about)


def _of_baseline(known: KnownMistakes, scores: Mapping[str, ClassifierScore]) -> Iterator[_Question]:
    """Yield what got worse or not. A kind of mistake is worse if there are more, and not if there are others."""
    for name in sorted(scores.keys() & known.classifiers.keys()):
        for kind in KINDS:
            before, after = getattr(known.classifiers[name], kind), getattr(scores[name], kind)
            passed = after <= len(before)
            sentence = f"{name}: {kind.replace('_', ' ')} {len(before):,} -> {after:,}"
            finding = Finding(f"baseline {name} {kind}", passed, sentence)
            is_new = None if passed else _new_mistake(name, alive=kind == "wrongly_suppressed", known=before)
            yield _Question(finding, name, is_new, known.rules.get(name, {}))


def _new_mistake(classifier: str, *, alive: bool, known: Iterable[str]) -> Condition:
    old = frozenset(known)

    def is_new(recipient: JudgedRecipient) -> bool:
        mailbox = recipient.story.mailbox
        is_mistake = mailbox.alive == alive and is_error(alive=alive, suppressed=_suppresses(recipient, classifier))
        return is_mistake and name_of(recipient.key) not in old

    return is_new


def concerned(figure: str, classifiers: Collection[str]) -> Concerned:
    """Return the recipients that a figure of the scorecard is about; ``classifiers`` are those that read the run.

    ``figure`` is its path, joined by dots. For a figure that counts successes (``rightly_suppressed``, a recall) they
    are the recipients where the success is missing.
    """
    classifier, path = _of_classifier(figure, classifiers)
    if classifier is not None:
        return Concerned(*_behind_classifier(classifier, path))
    return Concerned(*_behind_report(figure.split("."), naive_of(classifiers)))


def gateway_of(story: Story) -> str:
    """Return the gateway that decided last, or ``no gateway``."""
    return "no gateway" if story.truth is None else story.truth.gateway


def _of_classifier(figure: str, classifiers: Iterable[str]) -> tuple[str | None, list[str]]:
    """Split a figure into its classifier and the rest of its path; None where it is not about one that read the run.

    The names of classifiers may hold dots, so the longest that fits is meant.
    """
    fitting = [name for name in classifiers if figure.startswith(f"classifiers.{name}.")]
    if not fitting:
        return None, []
    name = max(fitting, key=len)
    return name, figure.removeprefix(f"classifiers.{name}.").split(".")


def _reading(recipient: JudgedRecipient, classifier: str) -> Reading:
    """Return a classifier's reading of a recipient; a missing one counts as keep."""
    return recipient.readings.get(classifier, Reading(None))


def _suppresses(recipient: JudgedRecipient, classifier: str) -> bool:
    return _reading(recipient, classifier).suppress


def _behind_classifier(name: str, path: Sequence[str]) -> tuple[str, Condition]:
    match path:
        case ("causes" | "faults" as kind, value, figure):
            return _behind_class(name, kind, value, figure)
        case ("retested",):
            return f"to be retested by {name}", lambda each: _reading(each, name).advice is Advice.RETEST
        case ("f1",) | ("cost", "total"):
            return (
                f"alive and suppressed, or gone and kept, by {name}",
                lambda each: is_error(alive=each.story.mailbox.alive, suppressed=_suppresses(each, name)),
            )
        case (*_, "missed_dead" | "missed_dead_rate" | "rightly_suppressed" | "recall" | "dead" | "reputation"):
            return (
                f"gone, and kept by {name}",
                lambda each: not each.story.mailbox.alive and not _suppresses(each, name),
            )
    return f"alive, and suppressed by {name}", lambda each: each.story.mailbox.alive and _suppresses(each, name)


def _behind_class(name: str, kind: str, value: str, figure: str) -> tuple[str, Condition]:
    """Choose by the class that is true of a recipient and the one that a classifier sees: a cause, or its fault."""

    def is_true(each: JudgedRecipient) -> bool:
        cause = true_class(each.story)
        return value == (cause if kind == "causes" else fault_of(cause))

    def is_seen(each: JudgedRecipient) -> bool:
        cause = class_seen(each.readings.get(name))
        return value == (cause if kind == "causes" else fault_of(cause))

    match figure:
        case "true":
            return f"truly {value}", is_true
        case "seen":
            return f"{value} by {name}", is_seen
        case "precision":
            return f"{value} by {name}, and not in truth", lambda each: is_seen(each) and not is_true(each)
        case "recall" | "hits":
            return f"truly {value}, and not by {name}", lambda each: is_true(each) and not is_seen(each)
    return f"{value} either in truth or by {name}, not both", lambda each: is_true(each) != is_seen(each)


def _behind_report(path: Sequence[str], naive: str) -> tuple[str, Condition]:
    """Choose the recipients behind a figure that is not about a classifier."""

    def is_refused_for(each: JudgedRecipient, cause: str) -> bool:
        return each.story.evidence.bounced and each.story.truth is not None and each.story.truth.cause == cause

    match path:
        case ("truth", "by_cause", cause, *_):
            return f"refused for {cause}", lambda each: is_refused_for(each, cause)
        case ("truth", "recipient_fault"):
            return (
                "gone, and reported as hard bounces",
                lambda each: _suppresses(each, naive) and not each.story.mailbox.alive,
            )
        case ("truth", "disguised" | "misread"):
            return (
                "alive, and reported as hard bounces",
                lambda each: _suppresses(each, naive) and each.story.mailbox.alive,
            )
        case ("hard_bounces_reported" | "hard_bounce_rate",):
            return "reported as hard bounces", lambda each: _suppresses(each, naive)
        case ("gateways", name, _):
            return (
                f"not reached at {name}",
                lambda each: each.story.evidence.bounced and gateway_of(each.story) == name,
            )
        case ("campaigns", name, _):
            return f"not reached in {name}", lambda each: each.story.evidence.bounced and each.key[0] == name
    return "not reached", lambda each: each.story.evidence.bounced


def _named(recipient: JudgedRecipient, classifier: str, rules: Mapping[str, str]) -> NamedRecipient:
    reading = _reading(recipient, classifier)
    story = recipient.story
    kind = kind_of(story)
    return NamedRecipient(
        who=name_of(recipient.key),
        alive=story.mailbox.alive,
        advice=reading.advice,
        heard=heard(story),
        reason=reading.reason,
        place=reading.place,
        kind=kind,
        before=rules.get(kind, ""),
    )
