"""The baseline: the mistakes of classifiers when it was last updated, in a file for git. Only a worsening fails."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from probe.classify.reading import Reading
from probe.input_error import InputError, valid_toml
from probe.judge.errors import is_error
from probe.judge.kinds import kind_of, rule_in
from probe.judge.story import JudgedRecipient, name_of

_HEAD: Final = """\
# What classifiers got wrong, by scenario. Written by: fivefifty baseline update
"""
_REMEDY: Final = "replace it with fivefifty baseline update"
KINDS: Final = ("wrongly_suppressed", "missed_dead")


class MistakenRecipients(NamedTuple):
    """The recipients a classifier is wrong about, sorted, each as ``campaign/recipient``."""

    wrongly_suppressed: tuple[str, ...]
    missed_dead: tuple[str, ...]


@dataclass(frozen=True)
class KnownMistakes:
    """The mistakes of the classifiers of one scenario, and the seed of the run.

    ``rules`` has for each classifier that is a rule file which rule decided about each kind of recipient, so that a
    finding can name the rule that used to decide.
    """

    seed: int
    classifiers: Mapping[str, MistakenRecipients]
    rules: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


Baseline = dict[str, KnownMistakes]
"""The known mistakes by the scenario's name."""


def known_mistakes(seed: int, classifiers: Iterable[str], recipients: Iterable[JudgedRecipient]) -> KnownMistakes:
    """Return what a baseline file keeps of a run; a missing reading counts as keep."""
    found = {name: _OfClassifier() for name in classifiers}
    for recipient in recipients:
        for name, each in found.items():
            each.count(recipient, recipient.readings.get(name))
    return KnownMistakes(
        seed,
        {
            name: MistakenRecipients(tuple(sorted(each.wrong)), tuple(sorted(each.missed)))
            for name, each in found.items()
        },
        {name: each.deciding_rules() for name, each in found.items()},
    )


class _OfClassifier:
    """The mistakes of a classifier, and how often each rule decides about each kind of refused recipients."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.missed: list[str] = []
        self._rules: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def count(self, recipient: JudgedRecipient, reading: Reading | None) -> None:
        story = recipient.story
        suppressed = reading is not None and reading.suppress
        if is_error(alive=story.mailbox.alive, suppressed=suppressed):
            (self.wrong if suppressed else self.missed).append(name_of(recipient.key))
        rule = "" if reading is None else rule_in(reading.reason)
        if rule and story.evidence.bounced:
            self._rules[kind_of(story)][rule] += 1

    def deciding_rules(self) -> dict[str, str]:
        """Return the rule that decides most recipients of each kind; of several, the first by name."""
        return {kind: _most_frequent(rules) for kind, rules in sorted(self._rules.items())}


def _most_frequent(counts: Counter[str]) -> str:
    return min(counts, key=lambda each: (-counts[each], each))


def parse(text: str, place: str) -> Baseline:
    """Read a baseline file; raises InputError."""
    raw = valid_toml(text, place, _REMEDY)
    try:
        return {name: _known(each) for name, each in raw.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"is not a baseline ({type(error).__name__}: {error})"
        raise InputError(place, problem, _REMEDY) from None


def _known(raw: Any) -> KnownMistakes:
    classifiers = {
        name: MistakenRecipients(*(tuple(sorted(str(who) for who in each[kind])) for kind in KINDS))
        for name, each in raw.get("classifiers", {}).items()
    }
    rules = {
        name: {str(kind): str(rule) for kind, rule in each["rules"].items()}
        for name, each in raw.get("classifiers", {}).items()
        if each.get("rules")
    }
    return KnownMistakes(int(raw["seed"]), classifiers, rules)


def to_toml(baseline: Baseline) -> str:
    """Return the text of a baseline file: one recipient a line, always in the same order."""
    lines = [_HEAD]
    for scenario, known in sorted(baseline.items()):
        lines += [f"[{_quoted(scenario)}]", f"seed = {known.seed}", ""]
        for name, each in sorted(known.classifiers.items()):
            lines.append(f"[{_quoted(scenario)}.classifiers.{_quoted(name)}]")
            for kind in KINDS:
                who = getattr(each, kind)
                lines += [f"{kind} = [  # {len(who)}", *(f"  {_quoted(one)}," for one in who), "]"]
            if known.rules.get(name):
                lines += ["", f"[{_quoted(scenario)}.classifiers.{_quoted(name)}.rules]"]
                lines += [f"{_quoted(what)} = {_quoted(rule)}" for what, rule in sorted(known.rules[name].items())]
            lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in escaped) + '"'
