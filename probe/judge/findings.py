"""What was held against a bound, and whom a classifier is wrong about where it did not keep to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from probe.classify.reading import Reading
from probe.judge.baseline import KINDS, Known, Mistakes, mistakes, worsenings
from probe.judge.compare import advice_of, heard
from probe.judge.gates import Gate
from probe.judge.story import Key, Story

_TOO_FEW_SUPPRESSED: Final = ("missed", "recall")
"""How figures begin that are about the gone who were kept."""
Readings = Mapping[str, Mapping[Key, Reading]]
"""What each classifier said."""


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A recipient whom a classifier has wrong, what was heard of it, and what the classifier made of that.

    ``who`` is ``campaign/recipient``; ``place`` is where the rule stands that decided, as ``FILE:LINE``.
    """

    who: str
    alive: bool
    heard: str
    reason: str
    place: str

    def __str__(self) -> str:
        state = "alive, suppressed" if self.alive else "gone, kept"
        return f"{state}: {self.who}: {self.heard} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Finding:
    """A gate, or a kind of mistake held against the baseline.

    ``name`` stays the same from one run to the next; ``sentence`` has the figure as well.
    """

    name: str
    passed: bool
    sentence: str
    mistaken: tuple[Mistaken, ...] = ()


def of_gates(gates: Iterable[Gate], told: Mapping[Key, Story], readings: Readings) -> Iterator[Finding]:
    """Yield a finding for each gate; one that failed on a classifier has everybody whom that has wrong."""
    for gate in gates:
        name = f"{gate.name} {gate.bound}"
        sentence = f"{gate.name} = {gate.value:g}  (bound: {gate.bound})"
        yield Finding(name, gate.passed, sentence, () if gate.passed else _behind(gate.name, told, readings))


def of_baseline(
    known: Known, now: Mapping[str, Mistakes], told: Mapping[Key, Story], readings: Readings
) -> Iterator[Finding]:
    """Yield a finding for each classifier and kind of mistake that the baseline knows; the new ones are named."""
    worse = {(each.classifier, each.kind): each for each in worsenings(known, now)}
    for name in sorted(now.keys() & known.classifiers.keys()):
        for kind in KINDS:
            before, after = getattr(known.classifiers[name], kind), getattr(now[name], kind)
            sentence = f"{name}: {kind.replace('_', ' ')} {len(before):,} -> {len(after):,}"
            new = worse[name, kind].new if (name, kind) in worse else ()
            passed = (name, kind) not in worse
            yield Finding(f"baseline {name} {kind}", passed, sentence, _mistaken(new, told, readings[name]))


def _behind(gate: str, told: Mapping[Key, Story], readings: Readings) -> tuple[Mistaken, ...]:
    """Return whom a gate on a classifier is about; its name may hold dots, so the longest that fits is meant."""
    fitting = [name for name in readings if gate.startswith(f"classifiers.{name}.")]
    if not fitting:
        return ()
    said = readings[max(fitting, key=len)]
    wrong = mistakes(told, advice_of(said))
    kept = gate.rpartition(".")[2].startswith(_TOO_FEW_SUPPRESSED)
    return _mistaken(wrong.missed_dead if kept else wrong.wrongly_suppressed, told, said)


def _mistaken(names: Iterable[str], told: Mapping[Key, Story], said: Mapping[Key, Reading]) -> tuple[Mistaken, ...]:
    keys = {"/".join(key): key for key in told}
    found = []
    for name in names:
        key = keys[name]
        reading = said.get(key, Reading(None))
        found.append(Mistaken(name, told[key].mailbox.alive, heard(told[key]), reading.reason, reading.place))
    return tuple(found)
