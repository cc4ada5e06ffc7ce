"""Reads seed mailboxes in the books of a run: gateways know where they have filed a message, so nobody has to look."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from fake_gateways.people.directory import MailboxState
from probe.input_error import InputError
from probe.judge.books import LaneReader
from probe.judge.story import Story
from probe.ledger import Ledger
from probe.placement.placed import Placed, Where, filed
from probe.placement.share import Seeds


class ReadRun(NamedTuple):
    """What was seen of the seeds of a run, and by campaign and gateway what is true of all messages to the living."""

    placed: list[Placed]
    true: dict[tuple[str, str], Seeds]


def read_run(folder: Path, seeds: int) -> ReadRun:
    """Draw seeds among the recipients of a run who are there, spread over its gateways, and read their mailboxes.

    Which ones is the same in every call for the same books. Raises InputError if nobody was there.
    """
    with Ledger.open(folder) as ledger:
        if not ledger.complete:
            raise InputError(ledger.path, "is not finished", "finish it with fivefifty run --resume")
        if ledger.note("transport") == "foreign":
            problem = "is of real servers, of whose mailboxes it knows nothing"
            raise InputError(ledger.path, problem, "name a file of seeds")
        sizes = {each.name: each.mailboxes for each in ledger.gateways()}
        drawing = {name: _Drawing(number, ledger.note("seed") or "") for name, number in _spread(seeds, sizes).items()}
        true: dict[tuple[str, str], Seeds] = {}
        reader = LaneReader(ledger)
        for lane in reader.lanes:
            for (campaign, _), story in reader.stories(lane):
                if story.mailbox is not MailboxState.PRESENT or story.gateway not in drawing:
                    continue
                placed = _placed(campaign, story)
                before = true.get((campaign, story.gateway), Seeds(0, 0))
                true[campaign, story.gateway] = Seeds(before.inbox + (placed.where is Where.INBOX), before.all + 1)
                drawing[story.gateway].offer(placed)
    rows = [each for some in drawing.values() for each in some.drawn()]
    if not rows:
        raise InputError(folder, "has no message to a mailbox that is there", "name another run")
    return ReadRun(rows, true)


def _placed(campaign: str, story: Story) -> Placed:
    first, last = story.evidence.attempts[0], story.evidence.last
    where, why = (Where.MISSING, "no reply") if story.truth is None else filed(story.truth.fate)
    return Placed(
        campaign=campaign,
        seed=last.recipient,
        provider=story.gateway,
        sent_at=first.at,
        where=where,
        source=last.local_address,
        variant=last.message,
        took_s=None if where is Where.MISSING else last.at + last.duration_s - first.at,
        why=why,
    )


class _Drawing:
    """Keeps the messages to a few recipients of one gateway: those whose addresses have the least hashes."""

    def __init__(self, number: int, seed: str) -> None:
        self._number = number
        self._seed = seed
        self._kept: dict[bytes, list[Placed]] = {}

    def offer(self, placed: Placed) -> None:
        """Keep a message if it is one to a seed, as far as is known by now."""
        key = hashlib.sha256(f"{self._seed}:seeds:{placed.seed}".encode()).digest()
        if key not in self._kept and len(self._kept) == self._number:
            if not self._number or key > max(self._kept):
                return
            del self._kept[max(self._kept)]
        self._kept.setdefault(key, []).append(placed)

    def drawn(self) -> Iterator[Placed]:
        """Yield the messages to seeds."""
        for some in self._kept.values():
            yield from some


def _spread(seeds: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """Return how many seeds each gateway has: the same number, and one more the largest ones."""
    ordered = sorted(sizes, key=lambda name: (-sizes[name], name))
    each, more = divmod(seeds, max(1, len(ordered)))
    return {name: each + (rank < more) for rank, name in enumerate(ordered)}
