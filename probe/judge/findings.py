"""Findings: the result of each gate and each baseline entry, and the recipients that a figure is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from probe.classify.reading import Advice, Reading
from probe.judge.baseline import KINDS, KnownMistakes, MistakenRecipients, worsenings
from probe.judge.class_scores import fault_of
from probe.judge.classifier_score import class_seen, true_class
from probe.judge.compare import heard
from probe.judge.gates import Gate, figure_text
from probe.judge.kinds import kind_of, ranked, rule_in
from probe.judge.scorecard import naive_readings
from probe.judge.story import Key, Story, name_of

Readings = Mapping[str, Mapping[Key, Reading]]
"""The readings of each classifier, by its name."""
Condition = Callable[[Key, Story], bool]
"""Whether a figure is about a recipient."""


class Concerned(NamedTuple):
    """The recipients that a figure of the scorecard is about, and what they have in common.

    ``description`` follows "is" or "are", such as ``gone, and kept by code``.
    """

    description: str
    keys: tuple[Key, ...]


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


def of_gates(gates: Iterable[Gate], stories: Mapping[Key, Story], readings: Readings) -> Iterator[Finding]:
    """Yield a finding for each gate. A failed gate on a classifier names the recipients it is about."""
    for gate in gates:
        name = f"{gate.name} {gate.bound}"
        sentence = f"{gate.name} = {figure_text(gate.name, gate.value)}  (bound: {gate.bound})"
        classifier, _ = _of_classifier(gate.name, readings)
        recipients: tuple[NamedRecipient, ...] = ()
        if classifier is not None and not gate.passed:
            keys = sorted(concerned(gate.name, stories, readings).keys, key=name_of)
            recipients = _named(keys, stories, readings[classifier])
        yield Finding(name, gate.passed, sentence, recipients)


def of_baseline(
    known: KnownMistakes, now: Mapping[str, MistakenRecipients], stories: Mapping[Key, Story], readings: Readings
) -> Iterator[Finding]:
    """Yield a finding for each classifier and kind of mistake in the baseline; it names the new mistakes."""
    worse = {(each.classifier, each.kind): each for each in worsenings(known, now)}
    keys = {name_of(key): key for key in stories}
    for name in sorted(now.keys() & known.classifiers.keys()):
        for kind in KINDS:
            before, after = getattr(known.classifiers[name], kind), getattr(now[name], kind)
            sentence = f"{name}: {kind.replace('_', ' ')} {len(before):,} -> {len(after):,}"
            new = worse[name, kind].new if (name, kind) in worse else ()
            recipients = _named([keys[who] for who in new], stories, readings[name], known.rules.get(name, {}))
            yield Finding(f"baseline {name} {kind}", (name, kind) not in worse, sentence, recipients)


def concerned(figure: str, stories: Mapping[Key, Story], readings: Readings) -> Concerned:
    """Return the recipients that a figure of the scorecard is about.

    ``figure`` is its path, joined by dots. For a figure that counts successes (``rightly_suppressed``, a recall) they
    are the recipients where the success is missing.
    """
    classifier, path = _of_classifier(figure, readings)
    if classifier is not None:
        description, is_concerned = _behind_classifier(classifier, path, readings[classifier])
    else:
        description, is_concerned = _behind_report(figure.split("."), naive_readings(readings))
    return Concerned(description, tuple(key for key, story in stories.items() if is_concerned(key, story)))


def gateway_of(story: Story) -> str:
    """Return the gateway that decided last, or ``no gateway``."""
    return "no gateway" if story.truth is None else story.truth.gateway


def _of_classifier(figure: str, readings: Readings) -> tuple[str | None, list[str]]:
    """Split a figure into its classifier and the rest of its path; None where it is not about one that read the run.

    The names of classifiers may hold dots, so the longest that fits is meant.
    """
    fitting = [name for name in readings if figure.startswith(f"classifiers.{name}.")]
    if not fitting:
        return None, []
    name = max(fitting, key=len)
    return name, figure.removeprefix(f"classifiers.{name}.").split(".")


def _behind_classifier(name: str, path: Sequence[str], readings: Mapping[Key, Reading]) -> tuple[str, Condition]:
    def suppressed(key: Key) -> bool:
        return key in readings and readings[key].suppress

    match path:
        case ("causes" | "faults" as kind, value, figure):
            return _behind_class(name, kind, value, figure, readings)
        case ("retested",):
            return (
                f"to be retested by {name}",
                lambda key, _: key in readings and readings[key].advice is Advice.RETEST,
            )
        case ("f1",) | ("cost", "total"):
            return (
                f"alive and suppressed, or gone and kept, by {name}",
                lambda key, story: story.mailbox.alive == suppressed(key),
            )
        case (*_, "missed_dead" | "missed_dead_rate" | "rightly_suppressed" | "recall" | "dead" | "reputation"):
            return f"gone, and kept by {name}", lambda key, story: not story.mailbox.alive and not suppressed(key)
    return f"alive, and suppressed by {name}", lambda key, story: story.mailbox.alive and suppressed(key)


def _behind_class(
    name: str, kind: str, value: str, figure: str, readings: Mapping[Key, Reading]
) -> tuple[str, Condition]:
    """Choose by the class that is true of a recipient and the one that a classifier sees: a cause, or its fault."""

    def is_true(story: Story) -> bool:
        cause = true_class(story)
        return value == (cause if kind == "causes" else fault_of(cause))

    def is_seen(key: Key) -> bool:
        cause = class_seen(readings.get(key))
        return value == (cause if kind == "causes" else fault_of(cause))

    match figure:
        case "true":
            return f"truly {value}", lambda _, story: is_true(story)
        case "seen":
            return f"{value} by {name}", lambda key, _: is_seen(key)
        case "precision":
            return f"{value} by {name}, and not in truth", lambda key, story: is_seen(key) and not is_true(story)
        case "recall" | "hits":
            return f"truly {value}, and not by {name}", lambda key, story: is_true(story) and not is_seen(key)
    return f"{value} either in truth or by {name}, not both", lambda key, story: is_true(story) != is_seen(key)


def _behind_report(path: Sequence[str], naive: Mapping[Key, Reading]) -> tuple[str, Condition]:
    """Choose the recipients behind a figure that is not about a classifier."""

    def reported(key: Key) -> bool:
        return key in naive and naive[key].suppress

    match path:
        case ("truth", "by_cause", cause, *_):
            return (
                f"refused for {cause}",
                lambda _, story: story.evidence.bounced and story.truth is not None and story.truth.cause == cause,
            )
        case ("truth", "recipient_fault"):
            return "gone, and reported as hard bounces", lambda key, story: reported(key) and not story.mailbox.alive
        case ("truth", "disguised" | "misread"):
            return "alive, and reported as hard bounces", lambda key, story: reported(key) and story.mailbox.alive
        case ("hard_bounces_reported" | "hard_bounce_rate",):
            return "reported as hard bounces", lambda key, _: reported(key)
        case ("gateways", name, _):
            return f"not reached at {name}", lambda _, story: story.evidence.bounced and gateway_of(story) == name
        case ("campaigns", name, _):
            return f"not reached in {name}", lambda key, story: story.evidence.bounced and key[0] == name
    return "not reached", lambda _, story: story.evidence.bounced


def _named(
    keys: Iterable[Key], stories: Mapping[Key, Story], readings: Mapping[Key, Reading], rules: Mapping[str, str] = {}
) -> tuple[NamedRecipient, ...]:
    found = []
    for key in keys:
        reading = readings.get(key, Reading(None))
        story = stories[key]
        found.append(
            NamedRecipient(
                who=name_of(key),
                alive=story.mailbox.alive,
                advice=reading.advice,
                heard=heard(story),
                reason=reading.reason,
                place=reading.place,
                kind=kind_of(story),
                before=rules.get(kind_of(story), ""),
            )
        )
    return tuple(found)
