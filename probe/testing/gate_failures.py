"""Whom a gate that did not hold is about, and where most of them are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from probe.judge.story import Key, Story

PLACES: Final = 5
"""How many gateways are named."""
_SHOWN: Final = 80
"""Characters of a reply that are shown."""
_TOO_FEW: Final = {"missed_dead", "missed_dead_rate", "rightly_suppressed", "recall"}

Concerns = Callable[[Key, Story], bool]


def worst(
    figure: Sequence[str],
    told: Mapping[Key, Story],
    suppressed: Mapping[str, AbstractSet[Key]],
    naive: AbstractSet[Key],
) -> list[str]:
    """Say who is behind a figure of the scorecard: how many, at which gateways most, with an example of each.

    ``figure`` is its path, cut at every dot, be it one of a classifier's name. ``suppressed`` is whom each classifier
    would suppress, ``naive`` whom the naive reading does: the hard bounces reported. Peers' words stand in the lines as
    quoted, on one line each.
    """
    what, concerns = _behind(figure, suppressed, naive)
    places: dict[str, list[Key]] = {}
    for key, story in told.items():
        if concerns(key, story):
            places.setdefault(_place(story), []).append(key)
    total = sum(map(len, places.values()))
    if not total:
        return []
    ranked = sorted(places.items(), key=lambda place: (-len(place[1]), place[0]))
    lines = [f"{total:,} {'is' if total == 1 else 'are'} {what}:"]
    for place, keys in ranked[:PLACES]:
        living = (key for key in keys if told[key].mailbox.alive)  # the worst, if there is one
        lines.append(f"  {len(keys):,} at {place}, such as {_example(next(living, keys[0]), told)}")
    if len(ranked) > PLACES:
        lines.append(f"  and more at {len(ranked) - PLACES:,} other gateways")
    return lines


def _behind(
    figure: Sequence[str], suppressed: Mapping[str, AbstractSet[Key]], naive: AbstractSet[Key]
) -> tuple[str, Concerns]:
    """Choose the recipients that a figure is about."""
    match figure:
        case ("classifiers", *words, part) if part in _TOO_FEW:
            name = ".".join(words)
            return (
                f"gone, and kept by {name}",
                lambda key, story: not story.mailbox.alive and key not in suppressed.get(name, ()),
            )
        case ("classifiers", *words, _):
            name = ".".join(words)
            return (
                f"alive, and suppressed by {name}",
                lambda key, story: story.mailbox.alive and key in suppressed.get(name, ()),
            )
        case ("truth", "by_cause", cause, *_):
            return (
                f"refused for {cause}",
                lambda _, story: story.evidence.bounced and story.truth is not None and story.truth.cause == cause,
            )
        case ("truth", "recipient_fault", *_):
            return "gone, and reported as hard bounces", lambda key, story: key in naive and not story.mailbox.alive
        case ("truth", "disguised" | "misread", *_):
            return "alive, and reported as hard bounces", lambda key, story: key in naive and story.mailbox.alive
        case ("hard_bounces_reported" | "hard_bounce_rate", *_):
            return "reported as hard bounces", lambda key, _: key in naive
        case ("gateways", name, *_):
            return f"not reached at {name}", lambda _, story: story.evidence.bounced and _place(story) == name
        case ("campaigns", name, *_):
            return f"not reached in {name}", lambda key, story: story.evidence.bounced and key[0] == name
    return "not reached", lambda _, story: story.evidence.bounced


def _place(story: Story) -> str:
    return "no gateway" if story.truth is None else story.truth.gateway


def _example(key: Key, told: Mapping[Key, Story]) -> str:
    story = told[key]
    code, enhanced, text = story.evidence.heard
    words = " ".join(text.split())
    shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
    said = " ".join(filter(None, (str(code or ""), enhanced, repr(shown))))
    truth = story.truth
    if truth is None:
        why = "no decision"
    elif truth.cause is None:
        why = str(truth.fate)
    else:
        why = f"{truth.fate} for {truth.cause}{'' if truth.honest else f', told as {truth.claimed}'}"
    return f"{key[1]} ({story.mailbox}): {why}: {said}"
