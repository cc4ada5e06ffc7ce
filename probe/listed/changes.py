"""What changed from one look to the next, and who was listed when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from probe.listed.answer import State
from probe.listed.look import Look


class Place(NamedTuple):
    """An address or domain on a list."""

    subject: str
    zone: str


class Change(NamedTuple):
    """A new state of a place, in seconds since the epoch. ``told`` are codes and their meanings, or the fault."""

    at: float
    place: Place
    state: State
    told: str = ""


class Span(NamedTuple):
    """A time in which a state was seen; ``until`` is the last look for the latest one."""

    state: State
    since: float
    until: float
    told: str


def states_of(look: Look) -> dict[Place, Change]:
    """Return the state of every place that a look has seen."""
    found = {}
    for each in look.lists:
        for entry in each.entries:
            decided = entry.decided
            told = f"{', '.join(decided.codes)}: {'; '.join(decided.means)}" if decided.means else decided.fault or ""
            place = Place(entry.subject.name, entry.zone)
            found[place] = Change(look.at, place, decided.state, told)
    return found


def changes(before: Mapping[Place, Change], look: Look) -> list[Change]:
    """Return what a look found to be otherwise than before; all of it where nothing was known before."""
    now = states_of(look)
    return [
        each
        for place, each in now.items()
        if place not in before or (before[place].state, before[place].told) != (each.state, each.told)
    ]


def worth_telling(changed: Iterable[Change]) -> list[Change]:
    """Return changes without the first of each place that is not listed, as most are; they are in the order of time."""
    seen: set[Place] = set()
    told = []
    for each in changed:
        if each.place in seen or each.state is not State.NOT_LISTED:
            told.append(each)
        seen.add(each.place)
    return told


def latest(changed: Iterable[Change]) -> dict[Place, Change]:
    """Return the latest state of each place; the changes are in the order of time."""
    return {each.place: each for each in changed}


def spans(changed: Iterable[Change], until: float) -> dict[Place, list[Span]]:
    """Return the history of each place, from changes in the order of time up to the last look."""
    found: dict[Place, list[Span]] = {}
    for each in changed:
        history = found.setdefault(each.place, [])
        if history:
            history[-1] = history[-1]._replace(until=each.at)
        history.append(Span(each.state, each.at, max(until, each.at), each.told))
    return found


def is_news(change: Change, before: Mapping[Place, Change]) -> bool:
    """Whether a change is worth an alert: an entry that is new, that has ended, or that is no longer known of.

    What was never listed and becomes unknown, or known again, is none.
    """
    known = before.get(change.place)
    if change.state is State.LISTED:
        return known is None or known.state is not State.LISTED or known.told != change.told
    return known is not None and known.state is State.LISTED
