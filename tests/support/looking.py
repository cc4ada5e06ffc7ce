"""Makes looks at blocklists, and answers questions from a table."""

from __future__ import annotations

from collections.abc import Mapping

from fake_gateways.verdict import Question
from probe.listed.answer import Came, Decided, Fault, Reply, State, unknown
from probe.listed.lists import DeadList, unknown_list
from probe.listed.look import AskFor, Entry, ListLook, Look
from probe.listed.posture.finding import Finding
from probe.listed.subject import Subject

ZONE = "bl.example.org"
LISTED = Decided(State.LISTED, ("127.0.0.2",), ("listed",))


def entry(state: State, fault: Fault | None = None, name: str = "192.0.2.1", reason: str = "") -> Entry:
    """Return what is known of an address."""
    decided = LISTED if state is State.LISTED else Decided(state) if fault is None else unknown(fault)
    return Entry(Subject(name, "address"), ZONE, decided, reason)


def look(*entries: Entry, at: float = 0.0, posture: tuple[Finding, ...] = (), dead: tuple[DeadList, ...] = ()) -> Look:
    """Return a look at one list."""
    return Look(at, "127.0.0.1:53", (ListLook(unknown_list(ZONE, "addresses"), None, entries),), dead, posture)


def answering(records: Mapping[tuple[str, str], tuple[str, ...] | Came], asked: list[str] | None = None) -> AskFor:
    """Return what answers questions from a table; what it does not have does not exist."""

    async def ask(question: Question) -> Reply:
        if asked is not None:
            asked.append(question.name)
        found = records.get((question.name, question.kind), Came.NO_NAME)
        return Reply(found) if isinstance(found, Came) else Reply(Came.RECORDS, found, is_authentic=True)

    return ask
