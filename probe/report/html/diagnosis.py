"""A diagnosis as one HTML page: the verdict, the causes, what to do, and the path through the experiments.

It has no script. All words of the gateway are untrusted; see ``template``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fake_gateways.truth import Cause
from probe.diagnose.advice import ADVICE, Advice
from probe.diagnose.diagnosis import Diagnosis, Observed, Step
from probe.diagnose.document import said
from probe.diagnose.reached import Reached, Unreached
from probe.diagnose.reply_kind import Answer, kind_of
from probe.harmless import clipped
from probe.report.html.template import rendered
from probe.report.letter import changed_words, disliked, letter_of, spoken
from probe.report.letter_words import LANGUAGES, letter_words
from probe.report.outcome_words import in_words
from probe.report.verdict import duration, percent, spent, verdict_of

STYLES: Final = ("page.css", "diagnosis.css")
_MOST: Final = 500
"""Characters of a reply that are shown; the dialogue has all."""
_MOST_LINES: Final = 400
"""Lines of a dialogue that are shown."""
_WORTH_A_LINE: Final = 0.03
_MOST_BRANCHES: Final = 4
_MOST_CAUSES: Final = 4
_MOST_STEPS: Final = 3
_NAMES: Final = {"en": "English", "de": "German", "fr": "French"}


class Shift(NamedTuple):
    """What was believed of a cause before an experiment and after it, in per cent."""

    cause: str
    before: float
    after: float


class Branch(NamedTuple):
    """A reply that an experiment might have had: how likely it was, and what would have been believed then."""

    words: str
    chance: str
    cause: str
    weight: str
    alive: str


class _Chance(NamedTuple):
    """A kind of reply, and how likely it was."""

    kind: str
    chance: float


class Node(NamedTuple):
    """An experiment on the path."""

    number: int
    question: str
    changed: str
    when: str
    source: str
    recipient: str
    words: str
    is_taken: bool
    chance: str
    reply: str
    dialogue: str
    shifts: list[Shift]
    alive_before: str
    alive_after: str
    branches: list[Branch]


class Cell(NamedTuple):
    """A cause with its probability in per cent, and advice if it is among the possible ones."""

    cause: Cause
    weight: float
    advice: Advice | None
    spoke_for: str


def diagnosis_page(diagnosis: Diagnosis) -> str:
    """Return the page's HTML."""
    first = diagnosis.first
    return rendered(
        "diagnosis.html.jinja",
        STYLES,
        heading=f"{diagnosis.recipient}: why is it refused?",
        recipient=diagnosis.recipient,
        verdict=verdict_of(diagnosis),
        figures=_figures(diagnosis),
        causes=_causes(diagnosis),
        is_alive=diagnosis.is_alive,
        explained=diagnosis.is_explained,
        disliked=disliked(diagnosis, letter_words("en")),
        refusal={
            "when": _when(first),
            "stage": first.result.stage.value.upper(),
            "source": first.source,
            "sender": first.return_path,
            "words": in_words(str(kind_of(first.result, diagnosis.recipient))),
            "reply": _reply(first),
            "dialogue": _dialogue(first),
        },
        nodes=list(_nodes(diagnosis)),
        spent=spent(diagnosis),
        letters=[(language, _NAMES[language], *letter_of(diagnosis, language)) for language in LANGUAGES],
    )


def page_without_refusal(found: Reached | Unreached) -> str:
    """Return the page where there is no refusal to explain."""
    first, *others = found.sentences()
    return rendered(
        "reached.html.jinja",
        STYLES,
        heading=f"{found.recipient}: is it accepted?",
        recipient=found.recipient,
        first=first,
        sentences=[clipped(each, _MOST) for each in others],
        dialogue=_dialogue(found.observed),
    )


def _figures(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    cause, weight = next(iter(diagnosis.possible.items()))
    made, messages = len(diagnosis.steps), diagnosis.messages
    return [
        (percent(diagnosis.belief.alive), "probability that the mailbox is alive"),
        (f"{weight:.0%}", f"probability of the likeliest cause, {cause}"),
        (f"{made}", f"{'experiment' if made == 1 else 'experiments'} in {duration(diagnosis.seconds)}"),
        (f"{messages}", f"{'message' if messages == 1 else 'messages'} delivered"),
    ]


def _causes(diagnosis: Diagnosis) -> list[Cell]:
    possible = diagnosis.possible
    return [
        Cell(
            cause,
            weight * 100,
            ADVICE[cause] if cause in possible else None,
            "; ".join(map(spoken, diagnosis.spoke_for(cause)[:_MOST_STEPS])) if cause in possible else "",
        )
        for cause, weight in diagnosis.belief.causes().items()
        if cause in possible or weight >= _WORTH_A_LINE / 3
    ]


def _nodes(diagnosis: Diagnosis) -> Iterator[Node]:
    words = letter_words("en")
    for number, step in enumerate(diagnosis.steps, 1):
        observed = step.observed
        chances = _chances(step)
        yield Node(
            number=number,
            question=step.experiment.question,
            changed=changed_words(step, words),
            when=_when(observed),
            source=observed.source,
            recipient=observed.recipient,
            words=in_words(step.kind),
            is_taken=step.kind.startswith(Answer.TAKEN),
            chance=f"{chances[in_words(step.kind)].chance:.0%}" if in_words(step.kind) in chances else "",
            reply=_reply(observed),
            dialogue=_dialogue(observed),
            shifts=_shifts(step),
            alive_before=percent(step.before.alive),
            alive_after=percent(step.belief.alive),
            branches=_branches(step, chances),
        )


def _shifts(step: Step) -> list[Shift]:
    """Return the causes that were or became likeliest; none of a step that only looks for a part of the message."""
    if step.experiment.conditions.without:
        return []
    before, after = step.before.causes(), step.belief.causes()
    ordered = sorted(after, key=lambda cause: -max(before[cause], after[cause]))[:_MOST_CAUSES]
    ordered.sort(key=lambda cause: -after[cause])
    return [Shift(cause, before[cause] * 100, after[cause] * 100) for cause in ordered]


def _chances(step: Step) -> dict[str, _Chance]:
    """Return how likely each reply was, in words; two kinds may have the same words, of which the likelier is kept."""
    found: dict[str, _Chance] = {}
    for kind, chance in step.before.chances(step.experiment).items():
        words = in_words(kind)
        likeliest = found.get(words, _Chance(kind, 0.0))
        found[words] = _Chance(likeliest.kind, likeliest.chance + chance)
    return found


def _branches(step: Step, chances: dict[str, _Chance]) -> list[Branch]:
    """Return the likeliest of the replies that did not come."""
    found = []
    for words, (kind, chance) in sorted(chances.items(), key=lambda each: -each[1].chance):
        if words != in_words(step.kind) and chance >= _WORTH_A_LINE:
            then = step.before.observed(step.experiment, kind)
            cause, weight = next(iter(then.causes().items()))
            found.append(Branch(words, f"{chance:.0%}", cause, f"{weight:.0%}", percent(then.alive)))
    return found[:_MOST_BRANCHES]


def _reply(observed: Observed) -> str:
    return clipped(" ".join(said(observed).split()), _MOST)


def _dialogue(observed: Observed) -> str:
    lines = observed.dialogue.split("\n") if observed.dialogue else []
    shown = [clipped(line, _MOST) for line in lines[:_MOST_LINES]]
    left = len(lines) - len(shown)
    return "\n".join([*shown, *([f"... ({left:,} more lines)"] if left else [])])


def _when(observed: Observed) -> str:
    return f"{datetime.fromtimestamp(observed.at, UTC):%Y-%m-%d %H:%M} UTC"
