"""The baseline: the mistakes of classifiers when it was last updated, in a file for git. Only a worsening fails."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from probe.classify.reading import Advice
from probe.input_error import InputError
from probe.judge.errors import is_error
from probe.judge.story import Key, Story, name_of

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


class Worsening(NamedTuple):
    """A kind of mistake that a classifier makes more often than in the baseline; ``new`` are the new mistakes."""

    classifier: str
    kind: str
    before: int
    after: int
    new: tuple[str, ...]


def mistakes(stories: Mapping[Key, Story], advice: Mapping[Key, Advice]) -> MistakenRecipients:
    """Return the recipients that a classifier is wrong about; missing advice counts as keep."""
    wrong: list[str] = []
    missed: list[str] = []
    for key, story in stories.items():
        suppressed = advice.get(key) is Advice.SUPPRESS
        if is_error(alive=story.mailbox.alive, suppressed=suppressed):
            (wrong if suppressed else missed).append(name_of(key))
    return MistakenRecipients(tuple(sorted(wrong)), tuple(sorted(missed)))


def worsenings(known: KnownMistakes, now: Mapping[str, MistakenRecipients]) -> Iterator[Worsening]:
    """Yield what got worse. A classifier that the baseline does not have is skipped."""
    for name, current in now.items():
        if name not in known.classifiers:
            continue
        for kind in KINDS:
            before, after = getattr(known.classifiers[name], kind), getattr(current, kind)
            if len(after) > len(before):
                yield Worsening(name, kind, len(before), len(after), tuple(sorted(set(after) - set(before))))


def parse(text: str, place: str) -> Baseline:
    """Read a baseline file; raises InputError."""
    try:
        raw = tomllib.loads(text)
        return {name: _known(each) for name, each in raw.items()}
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(place, f"is not valid TOML ({error})", _REMEDY) from None
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
