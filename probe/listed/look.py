"""One look: every list about every subject, with the list's test points before and after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from fake_gateways.policies.dns_replay import text_of
from fake_gateways.verdict import Question
from probe.listed.answer import Came, Decided, Fault, Reply, State, decide, trouble, unknown
from probe.listed.lists import BlockList, DeadList, Lists
from probe.listed.posture.finding import Finding
from probe.listed.subject import NONEXISTENT, Subject, name_on, names_to_test

AskFor = Callable[[Question], Awaitable[Reply]]
"""Asks the resolver, again where nothing came, and returns what came in the end."""
_MOST_REASON: Final = 300


class Entry(NamedTuple):
    """What is known of a subject on a list. ``reason`` is the list's own text about it."""

    subject: Subject
    zone: str
    decided: Decided
    reason: str = ""


class ListLook(NamedTuple):
    """A list that was asked: what is wrong with it, if anything, and what it says."""

    blocklist: BlockList
    fault: Fault | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Look:
    """All lists at one time, in seconds since the epoch; ``dead`` were not asked. ``resolver`` answered."""

    at: float
    resolver: str
    lists: tuple[ListLook, ...]
    dead: tuple[DeadList, ...] = ()
    posture: tuple[Finding, ...] = ()

    def entries(self, state: State) -> list[Entry]:
        """Return the entries in a state."""
        return [entry for each in self.lists for entry in each.entries if entry.decided.state is state]


def dead_in(lists: Lists) -> tuple[DeadList, ...]:
    """Return the dead lists among those that the user's file names."""
    return tuple(found for each in lists.list_ if (found := lists.death_of(each.zone)) is not None)


async def look_at(blocklist: BlockList, subjects: Sequence[Subject], ask: AskFor) -> ListLook:
    """Ask a list about subjects, one question after another.

    The test points are asked before and after. If either shows a fault, nothing is known of any subject: the fault may
    have begun in between.
    """
    asked = [(each, name) for each in subjects if (name := name_on(blocklist, each)) is not None]
    if not asked:
        return ListLook(blocklist, None, ())
    fault = await _tested(blocklist, subjects, ask)
    if fault is not None:
        return ListLook(blocklist, fault, _all_unknown(blocklist, asked, fault))
    found = []
    for subject, name in asked:
        decided = decide(blocklist, await ask(Question(name)))
        reason = ""
        if decided.state is State.LISTED:
            told = await ask(Question(name, "TXT"))
            reason = " ".join(map(text_of, told.records))[:_MOST_REASON] if told.came is Came.RECORDS else ""
        found.append(Entry(subject, blocklist.zone, decided, reason))
    fault = await _tested(blocklist, subjects, ask)
    if fault is not None:
        return ListLook(blocklist, fault, _all_unknown(blocklist, asked, fault))
    return ListLook(blocklist, None, tuple(found))


async def nonexistent_name(ask: AskFor) -> Reply:
    """Ask about a name that cannot exist."""
    return await ask(Question(NONEXISTENT))


async def _tested(blocklist: BlockList, subjects: Sequence[Subject], ask: AskFor) -> Fault | None:
    for points in names_to_test(blocklist, subjects):
        listed, not_listed = await ask(Question(points.listed)), await ask(Question(points.not_listed))
        fault = trouble(listed, not_listed)
        if fault is Fault.DEAD and not_listed.came is Came.RECORDS:
            fault = trouble(listed, not_listed, await nonexistent_name(ask))
        if fault is not None:
            return fault
    return None


def _all_unknown(blocklist: BlockList, asked: Sequence[tuple[Subject, str]], fault: Fault) -> tuple[Entry, ...]:
    return tuple(Entry(subject, blocklist.zone, unknown(fault)) for subject, _ in asked)
